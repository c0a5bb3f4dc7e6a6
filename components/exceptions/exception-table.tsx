import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ExceptionRow } from '@/lib/domain/policies/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { findingHref } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'
import { type Column, DataTable } from '../ui/lists/data-table'
import { SeverityBadge } from '../ui/severity-badge'
import { SourceText } from '../ui/source-text'
import type { ExceptionActions } from './exception-actions'
import { ExceptionButtons } from './exception-buttons'
import { ExceptionEnd, ExceptionPeople, ExceptionReason, ExceptionState } from './exception-facts'
import { ExceptionReview } from './exception-review'
import { MatchWords } from './match-words'

function Subject({ row }: { row: ExceptionRow }) {
  const t = useTranslations()
  const { finding, match } = row
  return (
    <span className="flex min-w-0 flex-col gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="font-normal text-muted text-xs">{t('exceptions.number', { id: row.id })}</span>
        {finding?.severity ? <SeverityBadge severity={finding.severity} /> : null}
        <span className="font-normal text-muted text-xs">{t(`status.${row.kind}`)}</span>
      </span>
      {finding ? (
        <>
          <Link href={findingHref(finding.id)} className="break-words font-semibold hover:underline">
            <SourceText text={finding.title || finding.control || t('exceptions.gone')} />
          </Link>
          <span className="font-normal text-muted text-xs">
            {visibleText(`${finding.control} · ${finding.accountName || finding.accountId}`)}
          </span>
        </>
      ) : (
        <>
          <span className="font-semibold">{match ? <MatchWords match={match} /> : null}</span>
          {/* A waiting exception covers nothing yet, so that its number would be misleading. */}
          {row.state === 'requested' ? null : (
            <Link
              href={findingsHref({ exception: row.id })}
              className="font-normal text-accent text-xs underline underline-offset-2"
            >
              {t('exceptions.covers', { count: row.covers })}
            </Link>
          )}
        </>
      )}
    </span>
  )
}

/** Exceptions with requester, reason and end. */
export function ExceptionTable({ rows, actions }: { rows: readonly ExceptionRow[]; actions: ExceptionActions }) {
  const t = useTranslations('exceptions')
  const columns: Column<ExceptionRow>[] = [
    {
      key: 'subject',
      header: t('columns.subject'),
      rowHeader: true,
      className: 'wide',
      cell: row => <Subject row={row} />,
    },
    {
      key: 'reason',
      header: t('columns.reason'),
      label: t('columns.reason'),
      className: 'wide',
      cell: row => <ExceptionReason row={row} />,
    },
    {
      key: 'end',
      header: t('columns.end'),
      label: t('columns.end'),
      cell: row => (
        <span className="flex flex-col gap-1">
          <ExceptionEnd row={row} />
          <ExceptionReview row={row} />
        </span>
      ),
    },
    {
      key: 'state',
      header: t('columns.state'),
      label: t('columns.state'),
      cell: row => (
        <span className="flex flex-col gap-1">
          <ExceptionState row={row} />
          <ExceptionPeople row={row} />
        </span>
      ),
    },
    {
      key: 'actions',
      header: <span className="sr-only">{t('columns.actions')}</span>,
      empty: row => !row.may.decide && !row.may.review && !row.may.end,
      cell: row => <ExceptionButtons row={row} actions={actions} />,
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => String(row.id)} />
}
