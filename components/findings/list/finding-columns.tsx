'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { isOpen } from '@/lib/domain/findings/status'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingRow } from '@/lib/domain/views'
import { useTeamName } from '../../teams/teams-context'
import { Button } from '../../ui/button'
import type { Column } from '../../ui/lists/data-table'
import { RelativeTime } from '../../ui/relative-time'
import { SeverityBadge } from '../../ui/severity-badge'
import { SourceText } from '../../ui/source-text'
import { DueText } from '../due-text'
import { accountHref, findingHref, shortResource } from '../finding-links'
import { OwnerText } from '../owner-text'
import { StatusText } from '../status-text'
import { type MayTriage, mayTriage } from '../triage/may-triage'
import { SourceChips } from './source-chips'

/** Two lines: the title, and what tells a finding apart from others with it. */
function Title({ row }: { row: FindingRow }) {
  const t = useTranslations('findings')
  const title = row.title || row.control
  return (
    <div className="min-w-0">
      <Link
        href={findingHref(row.id)}
        title={visibleText(title)}
        className="clamped font-semibold hover:text-accent hover:underline"
      >
        <SourceText text={title} />
      </Link>
      <div className="flex min-w-0 gap-x-2 overflow-hidden whitespace-nowrap text-muted text-xs">
        <span className="max-w-48 shrink-0 truncate">{visibleText(row.control)}</span>
        <span title={visibleText(row.resourceId)} className="min-w-0 truncate font-mono text-2xs leading-[1.65]">
          {shortResource(row.resourceId)}
        </span>
        {row.packageName && !title.includes(row.packageName) ? (
          <span className="min-w-0 truncate">{visibleText(row.packageName)}</span>
        ) : null}
        <RelativeTime date={row.firstObservedAt} className="shrink-0" />
        {row.reopenedCount > 0 ? <span className="shrink-0">{t('reopened', { count: row.reopenedCount })}</span> : null}
        {row.unconfirmedSince ? (
          <span className="min-w-0 truncate text-bad">
            {t('unconfirmedSince')} <RelativeTime date={row.unconfirmedSince} />
          </span>
        ) : null}
      </div>
    </div>
  )
}

function Owner({ row, may, onTake }: { row: FindingRow; may: MayTriage; onTake: (row: FindingRow) => void }) {
  const t = useTranslations()
  const teamName = useTeamName()
  return (
    <span className="cell-line sm:max-w-36">
      <span className="cell-line truncate">
        <OwnerText owner={row.owner} me={may.me} />
      </span>
      <span className="cell-row max-w-full items-center gap-x-2 text-muted text-xs">
        <span className="min-w-0 truncate">{teamName(row.team)}</span>
        {!row.owner && isOpen(row.status) && mayTriage(may, row.team) ? (
          <Button
            variant="ghost"
            size="sm"
            className="-my-1 h-6 min-h-6 shrink-0 px-1 text-accent"
            aria-label={t('findings.takeNamed', { title: visibleText(row.title || row.control) })}
            onPress={() => onTake(row)}
          >
            {t('findings.take')}
          </Button>
        ) : null}
      </span>
    </span>
  )
}

interface Options {
  may: MayTriage
  onTake: (row: FindingRow) => void
  /** The page of an account leaves out the account. */
  hideAccount: boolean
}

/** The columns of a table of findings. */
export function useFindingColumns({ may, onTake, hideAccount }: Options): Column<FindingRow>[] {
  const t = useTranslations()
  const account: Column<FindingRow> = {
    key: 'account',
    className: 'below',
    header: t('findings.columns.account'),
    label: t('findings.columns.account'),
    cell: row => (
      <span>
        <Link
          href={accountHref(row.accountId)}
          title={row.accountId}
          className="cell-line max-w-36 truncate hover:text-accent hover:underline"
        >
          <SourceText text={row.accountName || row.accountId} />
        </Link>
        {row.environment ? (
          <span className="cell-line text-muted text-xs">{t(`environment.${row.environment}`)}</span>
        ) : null}
      </span>
    ),
  }
  return [
    {
      key: 'severity',
      header: t('findings.columns.severity'),
      cell: row => (
        <>
          <SeverityBadge severity={row.severity} />
          {row.countsAs ? (
            <span className="block whitespace-nowrap text-bad text-xs">
              {t('findings.countsAs', { severity: t(`severity.${row.countsAs}`) })}
            </span>
          ) : null}
        </>
      ),
    },
    {
      key: 'title',
      header: t('findings.columns.title'),
      rowHeader: true,
      className: 'main-column',
      cell: row => <Title row={row} />,
    },
    ...(hideAccount ? [] : [account]),
    {
      key: 'owner',
      className: 'below',
      header: t('findings.columns.owner'),
      label: t('findings.columns.owner'),
      cell: row => <Owner row={row} may={may} onTake={onTake} />,
    },
    {
      key: 'due',
      header: t('findings.columns.due'),
      label: t('findings.columns.due'),
      cell: row => <DueText {...row} />,
    },
    {
      key: 'status',
      className: 'before-corner',
      header: t('findings.columns.status'),
      label: t('findings.columns.status'),
      cell: row => <StatusText status={row.status} />,
    },
    {
      key: 'sources',
      className: 'wide-only below',
      header: t('findings.columns.sources'),
      label: t('findings.columns.sources'),
      cell: row => <SourceChips sources={row.sources} />,
    },
  ]
}
