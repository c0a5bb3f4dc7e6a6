'use client'

import { useTranslations } from 'next-intl'
import type { ConnectionView } from '@/lib/domain/collection/views'
import { RunButton } from '../run-button'
import type { ConnectionActions } from './connection-actions'
import { isOpen } from './round-progress'

interface StartRoundProps {
  connection: ConnectionView
  start: ConnectionActions['start']
  size?: 'sm' | 'md'
}

/** Starts a full round, unless the connection is paused or one is open. */
export function StartRound({ connection, start, size = 'md' }: StartRoundProps) {
  const t = useTranslations('settings.connections')
  const { id, name, pausedAt, rounds } = connection
  if (pausedAt || rounds.some(round => round.kind === 'full' && isOpen(round))) return null
  return (
    <RunButton
      size={size}
      label={t('start')}
      name={t('startOf', { name })}
      done={t('started')}
      run={start}
      input={{ id }}
    />
  )
}
