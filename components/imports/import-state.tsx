import { CircleCheck, CircleX, Clock, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ImportState } from '@/lib/domain/views'

const LOOKS = {
  queued: { icon: Clock, colour: 'text-muted' },
  running: { icon: LoaderCircle, colour: 'text-accent' },
  done: { icon: CircleCheck, colour: 'text-good' },
  failed: { icon: CircleX, colour: 'text-bad' },
} as const satisfies Record<ImportState, unknown>

/** How far an import has come, as shape and word. */
export function ImportStateText({ state }: { state: ImportState }) {
  const t = useTranslations('imports.states')
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${colour}`}>
      <Icon aria-hidden className={`size-3.5 ${state === 'running' ? 'animate-spin' : ''}`} />
      {t(state)}
    </span>
  )
}
