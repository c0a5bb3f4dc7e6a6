'use client'

import { useTranslations } from 'next-intl'
import { useId, useState, useTransition } from 'react'
import type { FindingId } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type ActionResult, orThrow } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { ScrollArea } from '../../ui/layout/scroll-area'
import { prettyJson } from './pretty-json'

export type ShowRaw = (input: { finding: FindingId; sighting: string }) => Promise<ActionResult<string | null>>

type Raw = { state: 'closed' } | { state: 'gone' } | { state: 'failed' } | { state: 'shown'; text: string }

/** The record as the source sent it, loaded on demand and shown as text. */
export function RawRecord({ finding, sighting, showRaw }: { finding: FindingId; sighting: string; showRaw: ShowRaw }) {
  const t = useTranslations()
  const id = useId()
  const [raw, setRaw] = useState<Raw>({ state: 'closed' })
  const [pending, start] = useTransition()
  function toggle() {
    if (raw.state !== 'closed') {
      setRaw({ state: 'closed' })
      return
    }
    start(async () => {
      try {
        const text = orThrow(await showRaw({ finding, sighting }))
        setRaw(text === null ? { state: 'gone' } : { state: 'shown', text: prettyJson(text) })
      } catch {
        setRaw({ state: 'failed' })
      }
    })
  }
  return (
    <div>
      <Button
        variant="ghost"
        size="sm"
        isPending={pending}
        aria-expanded={raw.state !== 'closed'}
        aria-controls={id}
        onPress={toggle}
      >
        {t(raw.state === 'closed' ? 'finding.showRaw' : 'finding.hideRaw')}
      </Button>
      <div id={id} role="status">
        {raw.state === 'gone' ? <p className="text-muted">{t('finding.rawGone')}</p> : null}
        {raw.state === 'failed' ? <p className="text-bad">{t('common.failedNow')}</p> : null}
      </div>
      {raw.state === 'shown' ? (
        <div className="relative mt-1">
          <div className="absolute end-1 top-1">
            <CopyButton text={raw.text} label={t('finding.copyRaw')} />
          </div>
          <ScrollArea
            label={t('finding.raw')}
            className="max-h-96 rounded-xl border border-border bg-surface-secondary"
          >
            <pre className="p-3 font-mono text-2xs">{visibleText(raw.text)}</pre>
          </ScrollArea>
        </div>
      ) : null}
    </div>
  )
}
