'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { FindingId } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { MergeView } from '@/lib/domain/views'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Panel } from '../../ui/layout/panel'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { orSay, sayDone } from '../../ui/overlays/toasts'
import { RelativeTime } from '../../ui/relative-time'
import { SourceChips } from '../list/source-chips'

interface MergesProps {
  finding: FindingId
  merges: readonly MergeView[]
  /** Whether the reader may unmerge them. */
  may: boolean
  unmerge: (input: { id: FindingId; merged: string }) => Promise<ActionResult<unknown>>
}

/** The findings that were merged into this one. Renders nothing if there are none. */
export function Merges({ finding, merges, may, unmerge }: MergesProps) {
  const t = useTranslations('finding')
  const [asked, setAsked] = useState<MergeView | null>(null)
  if (merges.length === 0) return null
  async function run(merge: MergeView) {
    const result = orSay(await unmerge({ id: finding, merged: merge.id }))
    setAsked(null)
    if (result !== null) sayDone(t('tookApart'))
  }
  return (
    <Panel title={t('merges')}>
      <ul className="flex flex-col divide-y divide-separator">
        {merges.map(merge => (
          <li
            key={`${merge.id}-${merge.at.getTime()}`}
            className="flex flex-wrap items-center justify-between gap-2 py-1.5"
          >
            <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 break-words">
              {t('mergeNames', { names: visibleText(merge.names.join(', ')) })} <SourceChips sources={merge.sources} />
              <RelativeTime date={merge.at} className="text-muted text-xs" />
            </span>
            {may ? (
              <Button
                size="sm"
                aria-label={`${t('unmerge')}: ${visibleText(merge.names.join(', '))}`}
                onPress={() => setAsked(merge)}
              >
                {t('unmerge')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        title={t('unmergeTitle')}
        confirm={t('unmerge')}
        open={asked !== null}
        onOpenChange={open => (open ? undefined : setAsked(null))}
        onConfirm={() => (asked ? run(asked) : undefined)}
      >
        {t('unmergeText', { names: visibleText(asked?.names.join(', ') ?? '') })}
      </ConfirmDialog>
    </Panel>
  )
}
