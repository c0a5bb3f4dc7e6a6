import { CircleAlert, CircleCheck, CirclePause, CircleX, Clock, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ImportState } from '@/lib/domain/imports/import'
import type { ImportRow } from '@/lib/domain/imports/views'

const LOOKS = {
  queued: { icon: Clock, colour: 'text-muted' },
  running: { icon: LoaderCircle, colour: 'text-accent' },
  done: { icon: CircleCheck, colour: 'text-good' },
  failed: { icon: CircleX, colour: 'text-bad' },
  allRejected: { icon: CircleAlert, colour: 'text-bad' },
  waits: { icon: CirclePause, colour: 'text-warning' },
} as const satisfies Record<ImportState | 'allRejected' | 'waits', unknown>

/** The state of an import as shape and word. */
export function ImportStateText({ run }: { run: Pick<ImportRow, 'state' | 'counts' | 'waits'> }) {
  const t = useTranslations('imports')
  const nothing = run.state === 'done' && run.counts.accepted === 0 && run.counts.rejected > 0
  const state = nothing ? 'allRejected' : run.waits ? 'waits' : run.state
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${colour}`}>
      <Icon aria-hidden className={`size-3.5 ${state === 'running' ? 'animate-spin' : ''}`} />
      {t(state === 'waits' ? 'wait.state' : `states.${state}`)}
    </span>
  )
}
