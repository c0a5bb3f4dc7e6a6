import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { ChangeDetail } from '@/lib/domain/findings/change-set'
import type { AuditRow } from '@/lib/domain/people/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { ChangeValues } from '../findings/detail/change-values'
import { findingHref } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'
import type { Undo } from '../findings/triage/finding-actions'
import { UndoButton } from '../findings/triage/undo-button'
import { type Column, DataTable } from '../ui/lists/data-table'
import { EmptyState } from '../ui/lists/empty-state'
import { ExactTime } from '../ui/relative-time'
import { SourceText } from '../ui/source-text'

interface AuditTableProps {
  rows: readonly AuditRow[]
  /** Null if the reader may not undo changes. */
  undo: Undo | null
}

/** Who changed what, when and from where. */
export function AuditTable({ rows, undo }: AuditTableProps) {
  const t = useTranslations('audit')
  if (rows.length === 0) return <EmptyState title={t('none')} />
  const columns: Column<AuditRow>[] = [
    {
      key: 'at',
      header: t('at'),
      label: t('at'),
      cell: row => <ExactTime date={row.at} />,
    },
    {
      key: 'actor',
      header: t('actor'),
      label: t('actor'),
      cell: row => (
        <div>
          <span className="break-words">{row.actorName}</span>
          {row.actorKind === 'member' ? (
            <div className="break-all text-muted text-xs">{row.actorEmail}</div>
          ) : (
            <div className="text-muted text-xs">
              {t.has(`kinds.${row.actorKind}`) ? t(`kinds.${row.actorKind}`) : row.actorKind}
            </div>
          )}
        </div>
      ),
    },
    {
      key: 'action',
      header: t('action'),
      rowHeader: true,
      cell: row => (t.has(`actions.${row.action}`) ? t(`actions.${row.action}`) : row.action),
    },
    {
      key: 'target',
      header: t('target'),
      label: t('target'),
      className: 'wide',
      cell: row => (
        <div className="min-w-0">
          {subjectOf(row) ? <span className="break-all">{visibleText(subjectOf(row) ?? '')} </span> : null}
          {row.finding ? (
            <FindingTarget target={row.target} finding={row.finding} />
          ) : row.target === 'findings' || row.target.startsWith('changeset:') ? null : (
            <Target target={row.target} />
          )}
          <FindingsChange row={row} undo={undo} />
          {Object.keys(row.detail).length > 0 ? (
            <details>
              <summary className="cursor-pointer py-1 text-muted text-xs">{t('detail')}</summary>
              <pre className="mt-1 max-w-full overflow-x-auto whitespace-pre-wrap break-all rounded bg-surface-secondary p-2 text-xs">
                {visibleText(JSON.stringify(row.detail, null, 2))}
              </pre>
            </details>
          ) : null}
        </div>
      ),
    },
    {
      key: 'ip',
      header: t('ip'),
      label: t('ip'),
      empty: row => row.ip === null,
      cell: row => (
        <code className={row.ip?.includes(':') ? 'text-xs' : 'whitespace-nowrap text-xs'}>{row.ip ?? ''}</code>
      ),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}

/** For a change of findings, the findings and their former values; otherwise the text of the target. */
function FindingsChange({ row, undo }: { row: AuditRow; undo: Undo | null }) {
  const t = useTranslations('changes')
  const { data: change } = ChangeDetail.safeParse(row.detail)
  if (!change) return row.target === 'findings' ? <Target target={row.target} /> : null
  const { changeset, changed, changes, moreValues } = change
  const undoable = changes.some(({ field }) => field !== 'comment')
  return (
    <div className="flex flex-col items-start gap-1">
      <Link href={findingsHref({ changeset })} className="underline underline-offset-2">
        {t('findings', { count: changed })}
      </Link>
      <ChangeValues changes={changes} moreValues={moreValues} />
      {row.undoneBy ? (
        <span className="text-muted text-xs">
          {t('undoneBy')}{' '}
          <Link href={findingsHref({ changeset: row.undoneBy })} className="underline underline-offset-2">
            {t('showUndo')}
          </Link>
        </span>
      ) : undo && undoable ? (
        <UndoButton changeset={changeset} count={changed} undo={undo} />
      ) : null}
    </div>
  )
}

/** A finding by its title and account. */
function FindingTarget({ target, finding }: { target: string; finding: NonNullable<AuditRow['finding']> }) {
  return (
    <span className="block">
      <Link href={findingHref(target.slice('finding:'.length))} className="font-semibold hover:underline">
        <SourceText text={finding.title || finding.control} />
      </Link>
      <span className="block text-muted text-xs">
        {visibleText(finding.control)} · <SourceText text={finding.account} />
      </span>
    </span>
  )
}

/** The page of a target, for kinds that have one. */
const PAGES: Record<string, string> = { account: '/accounts', import: '/imports', finding: '/findings' }

/** The target of a change in words, with a link if it has a page. */
function Target({ target }: { target: string }) {
  const t = useTranslations('audit.targets')
  if (target === '') return null
  const [kind = '', ...rest] = target.split(':')
  const id = rest.join(':')
  const page = PAGES[kind]
  const name = <code className="break-all text-xs">{visibleText(id)}</code>
  if (!t.has(kind)) return <code className="break-all text-muted text-xs">{visibleText(target)}</code>
  return (
    <span className="text-muted text-xs">
      {t(kind)}{' '}
      {page && id ? (
        <Link href={`${page}/${id}`} className="underline underline-offset-2 hover:text-foreground">
          {name}
        </Link>
      ) : (
        name
      )}
    </span>
  )
}

/** The readable name of the target, if the entry has one. */
function subjectOf({ detail }: AuditRow): string | null {
  const name = detail.email ?? detail.name
  return typeof name === 'string' ? name : null
}
