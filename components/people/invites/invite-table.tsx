import { useTranslations } from 'next-intl'
import type { AccountName, InviteRow } from '@/lib/domain/people/views'
import { TeamNames } from '../../teams/teams-context'
import type { ActionResult } from '../../ui/action-result'
import { Chip } from '../../ui/chip'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { ExactTime } from '../../ui/relative-time'
import { RevokeButton } from '../revoke-button'
import { ScopeText } from '../scope-text'

interface InviteTableProps {
  rows: readonly InviteRow[]
  accounts: readonly AccountName[]
  revoke: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** Links that were created and not used yet. */
export function InviteTable({ rows, accounts, revoke }: InviteTableProps) {
  const t = useTranslations()
  const columns: Column<InviteRow>[] = [
    {
      key: 'email',
      header: t('settings.members.email'),
      rowHeader: true,
      cell: row => (
        <>
          <span className="break-all font-semibold">{row.email}</span>
          {row.isReset ? (
            <span className="ms-2">
              <Chip>{t('settings.members.isReset')}</Chip>
            </span>
          ) : null}
        </>
      ),
    },
    {
      key: 'role',
      header: t('settings.members.role'),
      label: t('settings.members.role'),
      cell: row => t(`roles.${row.role}`),
    },
    {
      key: 'teams',
      header: t('settings.members.teams'),
      label: t('settings.members.teams'),
      cell: row => <TeamNames ids={row.teams} separator={t('settings.scope.separator')} />,
    },
    {
      key: 'scope',
      header: t('settings.scope.title'),
      label: t('settings.scope.title'),
      cell: row => <ScopeText scope={row} accounts={accounts} />,
    },
    {
      key: 'expires',
      header: t('settings.members.expires'),
      label: t('settings.members.expires'),
      cell: row => <ExactTime date={row.expiresAt} />,
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{t('settings.members.actions')}</span>,
      cell: row => (
        <RevokeButton
          id={row.id}
          label={t('settings.members.revoke')}
          name={row.email}
          title={t('settings.members.revokeTitle', { email: row.email })}
          text={t('settings.members.revokeText')}
          done={t('settings.members.revoked')}
          revoke={revoke}
        />
      ),
    },
  ]
  return <DataTable caption={t('settings.members.invites')} columns={columns} rows={rows} rowKey={row => row.id} />
}
