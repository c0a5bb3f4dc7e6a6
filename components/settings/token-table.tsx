import { useTranslations } from 'next-intl'
import type { AccountName, TokenRow } from '@/lib/domain/people'
import type { ActionResult } from '../ui/action-result'
import { Chip } from '../ui/chip'
import { type Column, DataTable } from '../ui/data-table'
import { EmptyState } from '../ui/empty-state'
import { Day, RelativeTime } from '../ui/relative-time'
import { RevokeButton } from './revoke-button'
import { ScopeText } from './scope-text'

interface TokenTableProps {
  rows: readonly TokenRow[]
  accounts: readonly AccountName[]
  revoke: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** API tokens, those that no longer work among them. */
export function TokenTable({ rows, accounts, revoke }: TokenTableProps) {
  const t = useTranslations()
  const ts = useTranslations('settings.tokens')
  if (rows.length === 0) return <EmptyState title={ts('none')}>{ts('noneText')}</EmptyState>
  const columns: Column<TokenRow>[] = [
    {
      key: 'name',
      header: ts('name'),
      rowHeader: true,
      cell: row => (
        <div className="min-w-0">
          <span className="break-words font-semibold">{row.name}</span>
          {row.state === 'active' ? null : (
            <span className="ms-2">
              <Chip>{ts(`states.${row.state}`)}</Chip>
            </span>
          )}
          <div className="text-muted text-xs">
            <code>{row.prefix}…</code>
            {row.createdBy ? ` ${ts('by', { name: row.createdBy })}` : ` ${ts('noOwner')}`}
          </div>
        </div>
      ),
    },
    {
      key: 'permissions',
      header: ts('permissions'),
      label: ts('permissions'),
      className: 'wide',
      cell: row => (
        <ul className="flex flex-wrap gap-1">
          {row.permissions.map(permission => (
            <li key={permission}>
              <Chip>{t(`permissions.${permission}`)}</Chip>
            </li>
          ))}
        </ul>
      ),
    },
    {
      key: 'scope',
      header: t('settings.scope.title'),
      label: t('settings.scope.title'),
      cell: row => (
        <>
          <ScopeText scope={row} accounts={accounts} />
          {row.sources.length > 0 ? (
            <div className="text-muted text-xs">
              {ts('sources', { sources: row.sources.map(source => t(`source.${source}`)).join(', ') })}
            </div>
          ) : null}
        </>
      ),
    },
    {
      key: 'used',
      header: ts('lastUsed'),
      label: ts('lastUsed'),
      cell: row =>
        row.lastUsedAt ? <RelativeTime date={row.lastUsedAt} /> : <span className="text-muted">{ts('neverUsed')}</span>,
    },
    {
      key: 'expires',
      header: ts('expires'),
      label: ts('expires'),
      cell: row =>
        row.expiresAt ? (
          <>
            <Day date={row.expiresAt} />
            {row.endsIn !== null ? (
              <div className="text-warning text-xs">{ts('endsIn', { days: row.endsIn })}</div>
            ) : null}
          </>
        ) : (
          <span className="text-muted">{ts('days.never')}</span>
        ),
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{ts('actions')}</span>,
      empty: row => row.state !== 'active',
      cell: row =>
        row.state === 'active' ? (
          <RevokeButton
            id={row.id}
            label={ts('revoke')}
            name={row.name}
            title={ts('revokeTitle', { name: row.name })}
            text={ts('revokeText')}
            done={ts('revoked')}
            revoke={revoke}
          />
        ) : null,
    },
  ]
  return <DataTable caption={ts('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}
