import { CircleCheck, CircleDashed, CircleHelp, CircleMinus, CircleSlash, CircleX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { StandardState } from '@/lib/domain/standard/state'

const LOOKS = {
  failed: { icon: CircleX, colour: 'text-bad' },
  unexamined: { icon: CircleHelp, colour: 'text-warning' },
  excepted: { icon: CircleSlash, colour: 'text-muted' },
  passed: { icon: CircleCheck, colour: 'text-good' },
  off: { icon: CircleMinus, colour: 'text-muted' },
  not_applicable: { icon: CircleDashed, colour: 'text-muted' },
} as const satisfies Record<StandardState, unknown>

/** The symbol of a state in its colour. Text is always shown beside it, or read out. */
function StateShape({ state }: { state: StandardState }) {
  const { icon: Icon, colour } = LOOKS[state]
  return <Icon aria-hidden className={`size-3.5 shrink-0 ${colour}`} />
}

/** A state as symbol and word. */
export function StateText({ state }: { state: StandardState }) {
  const t = useTranslations('standard.states')
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${LOOKS[state].colour}`}>
      <StateShape state={state} />
      {t(state)}
    </span>
  )
}
