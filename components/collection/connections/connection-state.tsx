import { CircleCheck, CircleDashed, CirclePause } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ConnectionView } from '@/lib/domain/collection/views'

const LOOKS = {
  active: { icon: CircleCheck, colour: 'text-good' },
  paused: { icon: CirclePause, colour: 'text-warning' },
  setup: { icon: CircleDashed, colour: 'text-muted' },
} as const

/** Whether a connection has been started, is paused, or is read. */
export function stateOfConnection({ pausedAt, rounds }: ConnectionView): keyof typeof LOOKS {
  if (!pausedAt) return 'active'
  return rounds.length > 0 ? 'paused' : 'setup'
}

/** The state of a connection as symbol and word. */
export function ConnectionState({ connection }: { connection: ConnectionView }) {
  const t = useTranslations('settings.connections.state')
  const state = stateOfConnection(connection)
  const { icon: Icon, colour } = LOOKS[state]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${colour}`}>
      <Icon aria-hidden className="size-3.5" />
      {t(state)}
    </span>
  )
}
