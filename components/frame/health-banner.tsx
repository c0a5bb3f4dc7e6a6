'use client'

import { TriangleAlert } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useSyncExternalStore } from 'react'
import {
  type Connection,
  checkHealth,
  getConnection,
  isUp,
  seedConnection,
  subscribe,
  waitUntilUp,
} from '../ui/recovery/health-store'
import { RelativeTime } from '../ui/relative-time'

const INTERVAL_MS = 15_000

interface HealthBannerProps {
  /** The server's knowledge, so that the page does not move after the browser asked. */
  known: Connection
  /** Whether the reader sees the chapter of the manual about it. */
  isOperator: boolean
}

/** Shows what is wrong while Hinomi runs with limits. The page is refreshed when pages can be loaded again. */
export function HealthBanner({ known, isOperator }: HealthBannerProps) {
  const t = useTranslations('health')
  const router = useRouter()
  if (typeof window !== 'undefined') seedConnection(known)
  const connection = useSyncExternalStore(subscribe, getConnection, () => known)
  const isAway = !isUp(connection)

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void checkHealth()
    }
    look()
    const timer = setInterval(look, INTERVAL_MS)
    for (const event of ['online', 'offline', 'focus']) window.addEventListener(event, look)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      for (const event of ['online', 'offline', 'focus']) window.removeEventListener(event, look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])

  useEffect(() => {
    if (!isAway) return
    let isGone = false
    void waitUntilUp().then(() => {
      if (!isGone) router.refresh()
    })
    return () => {
      isGone = true
    }
  }, [isAway, router])

  const reasons =
    connection.status === 'unreachable' ? [{ code: 'unreachable' as const, since: null }] : connection.reasons
  return (
    // Always rendered, so that screen readers read new content.
    <div role="status">
      {reasons.length > 0 ? (
        <div className="flex gap-2.5 border-warning border-b bg-surface px-3 py-2.5 md:px-6">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
          <div className="min-w-0">
            <p className="font-semibold">{t(isAway ? 'bannerAway' : 'bannerDegraded')}</p>
            <ul className="flex flex-col gap-0.5">
              {reasons.map(({ code, since }) => (
                <li key={code} className="break-words">
                  {t(`reasons.${code}`)}{' '}
                  {since ? (
                    <span className="text-muted text-xs">
                      {t('since')} <RelativeTime date={since} />
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
            {isOperator ? <p className="text-muted text-xs">{t('operatorHint')}</p> : null}
          </div>
        </div>
      ) : null}
    </div>
  )
}
