import { CircleCheck, CircleSlash, ListTree, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { RoundView } from '@/lib/domain/collection/views'

const LOOKS = {
  planning: { icon: ListTree, colour: 'text-accent' },
  running: { icon: LoaderCircle, colour: 'text-accent' },
  done: { icon: CircleCheck, colour: 'text-good' },
  cancelled: { icon: CircleSlash, colour: 'text-muted' },
} as const satisfies Record<RoundView['state'], unknown>

/** Whether a round still plans or runs tasks. */
export function isOpen({ state }: RoundView): boolean {
  return state === 'planning' || state === 'running'
}

/** The state of a round as symbol and word. */
export function RoundState({ round: { state } }: { round: RoundView }) {
  const t = useTranslations('settings.connections.roundStates')
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${colour}`}>
      <Icon aria-hidden className={`size-3.5 ${state === 'running' ? 'motion-safe:animate-spin' : ''}`} />
      {t(state)}
    </span>
  )
}

/** How many tasks of a round have ended. */
export function RoundProgress({ round }: { round: RoundView }) {
  const t = useTranslations('settings.connections')
  const { id, tasks, ended } = round
  const text = t('progress', { ended, tasks })
  if (!isOpen(round)) return <span className="whitespace-nowrap">{text}</span>
  return (
    <div className="flex min-w-28 flex-col gap-0.5">
      <progress
        max={Math.max(tasks, 1)}
        value={ended}
        aria-label={t('progressOf', { id })}
        className="h-1.5 w-full accent-accent"
      >
        {text}
      </progress>
      <span className="text-muted text-xs">{text}</span>
    </div>
  )
}
