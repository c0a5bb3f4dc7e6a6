import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { AccountName, MemberRow } from '@/lib/domain/people/views'
import { findingsHref } from '../findings/list/finding-params'
import { TeamNames } from '../teams/teams-context'
import { Chip } from '../ui/chip'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RelativeTime } from '../ui/relative-time'
import { type MemberActionSet, MemberActions } from './member-actions'
import { ScopeText } from './scope-text'

interface MemberTableProps {
  rows: readonly MemberRow[]
  /** The reader. */
  self: string
  accounts: readonly AccountName[]
  actions: MemberActionSet
}

/** Everyone who may sign in. */
export function MemberTable({ rows, self, accounts, actions }: MemberTableProps) {
  const t = useTranslations()
  const format = useFormatter()
  const columns: Column<MemberRow>[] = [
    {
      key: 'name',
      header: t('settings.members.name'),
      rowHeader: true,
      cell: row => (
        <div className="min-w-0">
          <span className="break-words font-semibold">{row.name || row.email}</span>
          {row.id === self ? (
            <span className="ms-2">
              <Chip>{t('settings.members.you')}</Chip>
            </span>
          ) : null}
          <div className="break-all text-muted text-xs">{row.email}</div>
          {row.locked ? <p className="text-bad text-xs">{t(`settings.members.locked.${row.locked}`)}</p> : null}
        </div>
      ),
    },
    {
      key: 'role',
      header: t('settings.members.role'),
      label: t('settings.members.role'),
      cell: row => (
        <span className="whitespace-nowrap" title={t(`roles.explain.${row.role}`)}>
          {t(`roles.${row.role}`)}
        </span>
      ),
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
      key: 'open',
      header: t('settings.members.openFindings'),
      label: t('settings.members.openFindings'),
      numeric: true,
      cell: row =>
        row.openFindings === 0 ? (
          <span className="text-muted">{format.number(0)}</span>
        ) : (
          <Link href={findingsHref({ owner: [row.id] })} className="font-semibold hover:text-accent hover:underline">
            {format.number(row.openFindings)}
          </Link>
        ),
    },
    {
      key: 'factors',
      header: t('settings.members.twoStep'),
      label: t('settings.members.twoStep'),
      cell: row =>
        row.factors.length > 0 ? (
          row.factors.map(factor => t(`settings.members.factors.${factor}`)).join(t('settings.scope.separator'))
        ) : (
          <span className="text-muted">{t('settings.members.noFactor')}</span>
        ),
    },
    {
      key: 'last',
      header: t('settings.members.lastSignIn'),
      label: t('settings.members.lastSignIn'),
      cell: row =>
        row.lastSignInAt ? (
          <RelativeTime date={row.lastSignInAt} />
        ) : (
          <span className="text-muted">{t('settings.members.never')}</span>
        ),
    },
    {
      key: 'actions',
      className: 'card-corner',
      header: <span className="sr-only">{t('settings.members.actions')}</span>,
      cell: row => <MemberActions member={row} isSelf={row.id === self} accounts={accounts} actions={actions} />,
    },
  ]
  return <DataTable caption={t('settings.members.title')} columns={columns} rows={rows} rowKey={row => row.id} />
}
