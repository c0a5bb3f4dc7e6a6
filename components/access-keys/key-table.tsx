import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { KeyRow } from '@/lib/domain/access-keys/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref } from '../findings/finding-links'
import { TeamNames } from '../teams/teams-context'
import { Chip } from '../ui/chip'
import { type Column, DataTable } from '../ui/lists/data-table'
import { Day, RelativeTime } from '../ui/relative-time'
import { keyHref } from './key-params'
import { KeyStateText, KeyUseText, TrustText } from './key-texts'

/** Access keys with their owners and what they are used for. */
export function KeyTable({ rows }: { rows: readonly KeyRow[] }) {
  const t = useTranslations('accessKeys')
  const columns: Column<KeyRow>[] = [
    {
      key: 'key',
      header: t('columns.key'),
      rowHeader: true,
      cell: row => (
        <div className="min-w-0">
          <Link
            href={keyHref(row.account.id, row.id)}
            className="font-semibold [overflow-wrap:anywhere] hover:text-accent hover:underline"
          >
            {visibleText(row.user.name)}
          </Link>
          <div className="break-all font-mono font-normal text-muted text-xs">{visibleText(row.id)}</div>
        </div>
      ),
    },
    {
      key: 'account',
      header: t('columns.account'),
      label: t('columns.account'),
      cell: row => (
        <div className="flex flex-col">
          <Link href={accountHref(row.account.id)} className="hover:text-accent hover:underline">
            {visibleText(row.account.name || row.account.id)}
          </Link>
          <span className="text-muted text-xs">
            <TeamNames ids={[row.team]} />
          </span>
        </div>
      ),
    },
    {
      key: 'use',
      header: t('columns.use'),
      label: t('columns.use'),
      cell: row => (
        <span className="inline-flex flex-wrap items-center gap-x-2">
          <KeyUseText use={row.use} active={row.state === 'active'} />
          {row.mark ? <Chip>{t('marked')}</Chip> : null}
        </span>
      ),
    },
    {
      key: 'age',
      header: t('columns.created'),
      label: t('columns.created'),
      cell: row => (row.createdAt ? <RelativeTime date={row.createdAt} /> : t('unknown')),
    },
    {
      key: 'used',
      header: t('columns.used'),
      label: t('columns.used'),
      cell: row => <LastUse used={row.lastUsed} />,
    },
    {
      key: 'trust',
      header: t('columns.trust'),
      label: t('columns.trust'),
      empty: row => !needsRole(row),
      cell: row => (needsRole(row) ? <TrustText row={row} /> : null),
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      cell: row => (
        <div className="flex flex-col">
          <KeyStateText state={row.state} />
          {row.endedAt ? (
            <span className="text-muted text-xs">
              <Day date={row.endedAt} />
            </span>
          ) : null}
        </div>
      ),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => `${row.account.id} ${row.id}`} />
}

/** Whether a role could replace the key: it is active, and perhaps a pipeline's. */
function needsRole({ state, use }: KeyRow): boolean {
  return state === 'active' && use !== 'other'
}

/** When, for which service and in which Region a key was last used. */
export function LastUse({ used }: { used: KeyRow['lastUsed'] }) {
  const t = useTranslations('accessKeys')
  if (!used) return <span className="text-muted">{t('neverUsed')}</span>
  return (
    <div className="flex flex-col">
      <RelativeTime date={used.at} />
      <span className="text-muted text-xs">
        {[used.service, used.region]
          .filter(part => part !== null)
          .map(part => visibleText(part))
          .join(' · ')}
      </span>
    </div>
  )
}
