'use client'

import { useTranslations } from 'next-intl'
import { type ConnectionView, settingsOf } from '@/lib/domain/collection/views'
import { LinkButton } from '../../ui/link-button'
import type { ConnectionActions } from '../connections/connection-actions'
import { coverageHref } from '../coverage/coverage-params'
import { RunButton } from '../run-button'

interface StartReadingProps {
  connection: ConnectionView
  change: ConnectionActions['change']
}

/** Ends the pause of a connection, with which it begins. */
export function StartReading({ connection, change }: StartReadingProps) {
  const t = useTranslations()
  const ts = useTranslations('settings.connections.steps.start')
  if (connection.pausedAt) {
    return (
      <div>
        <RunButton
          variant="primary"
          label={ts('run')}
          done={t('settings.connections.resumed')}
          run={change}
          input={{ id: connection.id, paused: false, seen: settingsOf(connection) }}
        />
      </div>
    )
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p>{ts('active')}</p>
      <LinkButton href={coverageHref()} size="sm">
        {t('coverage.title')}
      </LinkButton>
    </div>
  )
}
