import { CircleCheck, CircleMinus, CircleX, Clock, Gauge, LoaderCircle, Lock, ReceiptText } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { CellState } from '@/lib/domain/collection/lines'

/** The state of a cell, or that it is about to be read. */
export type ShownState = CellState | 'reading' | 'waiting'

const LOOKS = {
  ok: { icon: CircleCheck, colour: 'text-good' },
  denied: { icon: Lock, colour: 'text-bad' },
  failed: { icon: CircleX, colour: 'text-bad' },
  throttled: { icon: Gauge, colour: 'text-warning' },
  no_plan: { icon: ReceiptText, colour: 'text-muted' },
  not_enabled: { icon: CircleMinus, colour: 'text-muted' },
  reading: { icon: LoaderCircle, colour: 'text-accent' },
  waiting: { icon: Clock, colour: 'text-muted' },
} as const satisfies Record<ShownState, unknown>

/** The symbol of a state in its colour. Text is always shown beside it. */
export function CellShape({ state }: { state: ShownState }) {
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <Icon
      aria-hidden
      className={`size-3.5 shrink-0 ${colour} ${state === 'reading' ? 'motion-safe:animate-spin' : ''}`}
    />
  )
}

/** A state as symbol and word. */
export function CellStateText({ state }: { state: ShownState }) {
  const t = useTranslations('coverage.states')
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${LOOKS[state].colour}`}>
      <CellShape state={state} />
      {t(state)}
    </span>
  )
}
