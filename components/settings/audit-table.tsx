import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { AuditRow } from '@/lib/domain/people'
import { visibleText } from '@/lib/domain/visible-text'
import { type Column, DataTable } from '../ui/data-table'
import { EmptyState } from '../ui/empty-state'
import { ExactTime } from '../ui/relative-time'

/** Who changed what, when and from where. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
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
          <Target target={row.target} />
          {Object.keys(row.detail).length > 0 ? (
            <details>
              <summary className="cursor-pointer text-muted text-xs">{t('detail')}</summary>
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
      cell: row => <code className="text-xs">{row.ip ?? ''}</code>,
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={rows} rowKey={row => row.id} />
}

/** Where the page of a target stands, for the kinds that have one. */
const PAGES: Record<string, string> = { account: '/accounts', import: '/imports', finding: '/findings' }

/** What was changed, in the reader's words, with its page where it has one. */
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

/** The name by which a person knows what was changed, where the record tells it. */
function subjectOf({ detail }: AuditRow): string | null {
  const name = detail.email ?? detail.name
  return typeof name === 'string' ? name : null
}
