import { CircleAlert, CircleCheck, CircleX, Clock, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ImportRow, ImportState } from '@/lib/domain/import-views'

const LOOKS = {
  queued: { icon: Clock, colour: 'text-muted' },
  running: { icon: LoaderCircle, colour: 'text-accent' },
  done: { icon: CircleCheck, colour: 'text-good' },
  failed: { icon: CircleX, colour: 'text-bad' },
  allRejected: { icon: CircleAlert, colour: 'text-bad' },
} as const satisfies Record<ImportState | 'allRejected', unknown>

/** How far an import has come, as shape and word. */
export function ImportStateText({ run }: { run: Pick<ImportRow, 'state' | 'counts'> }) {
  const t = useTranslations('imports.states')
  const nothing = run.state === 'done' && run.counts.accepted === 0 && run.counts.rejected > 0
  const state = nothing ? 'allRejected' : run.state
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${colour}`}>
      <Icon aria-hidden className={`size-3.5 ${state === 'running' ? 'animate-spin' : ''}`} />
      {t(state)}
    </span>
  )
}
