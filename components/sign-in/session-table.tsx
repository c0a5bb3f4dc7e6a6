'use client'

import { useTranslations } from 'next-intl'
import { useTransition } from 'react'
import type { SessionRow } from '@/lib/domain/people/views'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Chip } from '../ui/chip'
import { type Column, DataTable } from '../ui/lists/data-table'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { RelativeTime } from '../ui/relative-time'
import { verifyFirst } from '../verify/verify-first'

type End = (input: { id: string }) => Promise<ActionResult<unknown>>

/** Where the reader is signed in. */
export function SessionTable({ rows, end }: { rows: readonly SessionRow[]; end: End }) {
  const t = useTranslations('settings.sessions')
  const columns: Column<SessionRow>[] = [
    {
      key: 'device',
      header: t('device'),
      rowHeader: true,
      cell: row => (
        <span className="flex flex-wrap items-center gap-2">
          {row.device || t('unknownDevice')}
          {row.isCurrent ? <Chip>{t('current')}</Chip> : null}
        </span>
      ),
    },
    {
      key: 'ip',
      header: t('ip'),
      label: t('ip'),
      empty: row => row.ip === null,
      cell: row => <code className="text-xs">{row.ip ?? ''}</code>,
    },
    {
      key: 'since',
      header: t('since'),
      label: t('since'),
      cell: row => <RelativeTime date={row.createdAt} />,
    },
    {
      key: 'used',
      header: t('lastUsed'),
      label: t('lastUsed'),
      cell: row => <RelativeTime date={row.lastUsedAt} />,
    },
    {
      key: 'end',
      className: 'card-corner',
      header: <span className="sr-only">{t('actions')}</span>,
      cell: row => (row.isCurrent ? null : <EndSession session={row} end={end} />),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}

function EndSession({ session, end }: { session: SessionRow; end: End }) {
  const t = useTranslations('settings.sessions')
  const [pending, start] = useTransition()
  function run() {
    start(async () => {
      if (orSay(await verifyFirst(end)({ id: session.id })) !== null) sayDone(t('ended'))
    })
  }
  return (
    <Button
      size="sm"
      isPending={pending}
      onPress={run}
      aria-label={t('endThis', { device: session.device || t('unknownDevice') })}
    >
      {t('end')}
    </Button>
  )
}
