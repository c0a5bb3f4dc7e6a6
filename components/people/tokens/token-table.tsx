import { useTranslations } from 'next-intl'
import type { AccountName, TokenRow } from '@/lib/domain/people/views'
import type { ActionResult } from '../../ui/action-result'
import { Chip } from '../../ui/chip'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { EmptyState } from '../../ui/lists/empty-state'
import { Day, RelativeTime } from '../../ui/relative-time'
import { RevokeButton } from '../revoke-button'
import { ScopeText } from '../scope-text'

type ById = (input: { id: string }) => Promise<ActionResult<unknown>>

interface TokenTableProps {
  rows: readonly TokenRow[]
  accounts: readonly AccountName[]
  revoke: ById
  /** Makes the reader the owner of a token without one; unset if all tokens belong to the reader. */
  takeOver?: ById
}

/** API tokens, including those that no longer work. */
export function TokenTable({ rows, accounts, revoke, takeOver }: TokenTableProps) {
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
          <div className="flex flex-wrap items-center gap-x-2">
            <span className="break-words font-semibold">{row.name}</span>
            {row.state === 'active' ? null : <Chip>{ts(`states.${row.state}`)}</Chip>}
          </div>
          <div className="text-muted text-xs">
            <code>{row.prefix}…</code>
          </div>
        </div>
      ),
    },
    {
      key: 'owner',
      header: ts('owner'),
      label: ts('owner'),
      cell: row =>
        row.owner ? (
          <div className="min-w-0 lg:min-w-40">
            <span className="break-words">{row.owner.name}</span>
            <div className="break-all text-muted text-xs">{row.owner.email}</div>
          </div>
        ) : (
          <span className={row.state === 'active' ? 'text-warning' : 'text-muted'}>{ts('noOwner')}</span>
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
      header: ts('limits.title'),
      label: ts('limits.title'),
      cell: row => <Limits row={row} accounts={accounts} />,
    },
    {
      key: 'used',
      header: ts('lastUsed'),
      label: ts('lastUsed'),
      cell: row => (
        <>
          {row.lastUsedAt ? (
            <RelativeTime date={row.lastUsedAt} />
          ) : (
            <span className="text-muted">{ts('neverUsed')}</span>
          )}
          {row.refusedAt ? (
            <div className="text-warning text-xs">
              {ts('refused.title')} <RelativeTime date={row.refusedAt} />
              {row.refusedReason ? <div>{ts(`refused.reasons.${row.refusedReason}`)}</div> : null}
            </div>
          ) : null}
        </>
      ),
    },
    {
      key: 'expires',
      header: ts('expires'),
      label: ts('expires'),
      cell: row => (
        <>
          <Day date={row.expiresAt} />
          {row.endsIn !== null ? (
            <div className="text-warning text-xs">{ts('endsIn', { days: row.endsIn })}</div>
          ) : null}
        </>
      ),
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{ts('actions')}</span>,
      empty: row => row.state === 'revoked',
      cell: row => (row.state === 'revoked' ? null : <Actions row={row} revoke={revoke} takeOver={takeOver} />),
    },
  ]
  const shown = takeOver ? columns : columns.filter(({ key }) => key !== 'owner')
  return <DataTable caption={ts('title')} columns={shown} rows={rows} rowKey={row => row.id} />
}

/** Accounts, sources and networks that a token is limited to. */
function Limits({ row, accounts }: { row: TokenRow; accounts: readonly AccountName[] }) {
  const t = useTranslations()
  const ts = useTranslations('settings.tokens')
  return (
    <>
      {row.limited ? (
        <ScopeText scope={row} accounts={accounts} />
      ) : (
        <span className="text-muted">{ts('limits.allAccounts')}</span>
      )}
      {row.sources.length > 0 ? (
        <div className="text-muted text-xs">
          {ts('sources', {
            sources: row.sources.map(source => t(`source.${source}`)).join(t('settings.scope.separator')),
          })}
        </div>
      ) : null}
      {row.networks.length > 0 ? (
        <div className="text-muted text-xs">
          {ts('networks.from')}
          <ul>
            {row.networks.map(network => (
              <li key={network}>
                <code className="break-all">{network}</code>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}

function Actions({ row, revoke, takeOver }: { row: TokenRow; revoke: ById; takeOver: ById | undefined }) {
  const ts = useTranslations('settings.tokens')
  const { id, name } = row
  return (
    <div className="flex flex-wrap justify-end gap-1">
      {takeOver && !row.owner && row.state === 'active' ? (
        <RevokeButton
          id={id}
          label={ts('takeOver.action')}
          name={name}
          title={ts('takeOver.title', { name })}
          text={ts('takeOver.text')}
          done={ts('takeOver.done')}
          danger={false}
          revoke={takeOver}
        />
      ) : null}
      <RevokeButton
        id={id}
        label={ts('revoke')}
        name={name}
        title={ts('revokeTitle', { name })}
        text={ts('revokeText')}
        done={ts('revoked')}
        revoke={revoke}
      />
    </div>
  )
}
