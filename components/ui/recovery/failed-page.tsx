'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../button'
import { EmptyState } from '../lists/empty-state'
import { checkHealth, isUp, waitUntilUp } from './health-store'

/** A page that fails again within this time is not retried automatically. */
const AGAIN_MS = 30_000
const PAUSE_MS = 1_000

const triedAt = new Map<string, number>()

/**
 * An error page with the id of the log entry. During an outage it says so, and shows the page once Hinomi is back; an
 * error at the end of an outage is retried once.
 */
export function FailedPage({ id, retry }: { id: string | undefined; retry: () => void }) {
  const t = useTranslations()
  const [isAway, setIsAway] = useState(false)
  const latest = useRef(retry)
  latest.current = retry
  useEffect(() => {
    let isGone = false
    void (async () => {
      if (isUp(await checkHealth())) {
        const address = window.location.href
        if (performance.now() - (triedAt.get(address) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return
        triedAt.set(address, performance.now())
        await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
      } else {
        setIsAway(true)
        await waitUntilUp()
      }
      if (!isGone) latest.current()
    })()
    return () => {
      isGone = true
    }
  }, [])
  if (isAway) {
    return (
      <div role="status">
        <EmptyState title={<h1 className="text-xl">{t('health.page.title')}</h1>}>
          <p>{t('health.page.text')}</p>
        </EmptyState>
      </div>
    )
  }
  return (
    <EmptyState
      title={<h1 className="text-xl">{t('pageState.failed')}</h1>}
      action={<Button onPress={retry}>{t('common.retry')}</Button>}
    >
      <p>{id ? t('pageState.failedText') : t('pageState.failedNoId')}</p>
      {id ? <p className="mt-1 font-mono text-xs">{t('pageState.id', { id })}</p> : null}
    </EmptyState>
  )
}
