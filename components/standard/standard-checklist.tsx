import Link from 'next/link'
import { useFormatter, useLocale, useNow, useTranslations } from 'next-intl'
import { controlSeverity } from '@/lib/domain/controls/severities'
import { type Severity, severityRank } from '@/lib/domain/findings/severity'
import type { StandardAccount, StandardCell } from '@/lib/domain/standard/api-standard'
import { type StandardRow, standardRow } from '@/lib/domain/standard/rows'
import { TeamNames } from '../teams/teams-context'
import { Panel } from '../ui/layout/panel'
import { SeverityBadge } from '../ui/severity-badge'
import { CellReason } from './check/cell-reason'
import { CHECKLIST, checkHref } from './standard-params'
import { StateText } from './state-mark'

const DAY = 86_400_000
/** How long an account counts as new. */
const NEW_FOR = 7 * DAY

interface Item {
  row: StandardRow
  cell: StandardCell
  severity: Severity
}

/** What an account lacks of the standard, the most severe first: for a new account the list of its first day. */
export function StandardChecklist({ account }: { account: StandardAccount }) {
  const t = useTranslations('standard.checklist')
  const now = useNow()
  const format = useFormatter()
  const { cells, checkedAt, addedAt } = account
  const items = cells.flatMap((cell): Item[] => {
    const row = standardRow(cell.check)
    return row ? [{ row, cell, severity: controlSeverity(row.controls[0] ?? '') ?? row.severity }] : []
  })
  const of = (state: StandardCell['state']) => items.filter(({ cell }) => cell.state === state)
  const failed = of('failed').toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))
  const unexamined = of('unexamined')
  const excepted = of('excepted')
  const passed = of('passed')
  // Nothing has ever read it, and no report says anything.
  if (checkedAt === null && failed.length + excepted.length + passed.length === 0) return null
  const behind = failed.reduce((sum, { cell }) => sum + cell.failed, 0)
  const isNew = now.getTime() - addedAt.getTime() < NEW_FOR
  return (
    <Panel
      id={CHECKLIST}
      title={t('title')}
      aside={
        checkedAt
          ? t('checkedAt', { time: format.dateTime(checkedAt, { dateStyle: 'medium', timeStyle: 'short' }) })
          : t('never')
      }
    >
      {failed.length > 0 || unexamined.length === 0 ? (
        <p className="font-semibold">{t('lacks', { count: failed.length })}</p>
      ) : null}
      {behind > 0 ? <p className="text-muted text-xs">{t('behind', { count: behind })}</p> : null}
      {isNew && failed.length > 0 ? <p className="text-muted text-xs">{t('firstDay')}</p> : null}
      <Items account={account.account} items={failed} />
      {unexamined.length > 0 ? (
        <details className="mt-2">
          <summary className="cursor-pointer text-muted text-xs">
            {t('unexamined', { count: unexamined.length })}
          </summary>
          <Items account={account.account} items={unexamined} />
        </details>
      ) : null}
      {excepted.length > 0 ? (
        <details className="mt-2">
          <summary className="cursor-pointer text-muted text-xs">{t('excepted', { count: excepted.length })}</summary>
          <Items account={account.account} items={excepted} />
        </details>
      ) : null}
      {passed.length > 0 ? (
        <details className="mt-2">
          <summary className="cursor-pointer text-muted text-xs">{t('passed', { count: passed.length })}</summary>
          <Items account={account.account} items={passed} />
        </details>
      ) : null}
    </Panel>
  )
}

function Items({ account, items }: { account: string; items: readonly Item[] }) {
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  return (
    <ul className="mt-1 divide-y divide-separator">
      {items.map(({ row, cell, severity }) => (
        <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 py-1.5">
          {cell.state === 'failed' ? <SeverityBadge severity={severity} /> : <StateText state={cell.state} />}
          <span className="min-w-40 flex-1">
            <Link href={checkHref(row.id)} className="hover:text-accent hover:underline">
              {row.title[locale]}
            </Link>
            <span className="ms-2 text-muted text-xs">
              <CellReason account={account} cell={cell} />
            </span>
          </span>
          <span className="text-muted text-xs">
            <TeamNames ids={[cell.team]} />
          </span>
        </li>
      ))}
    </ul>
  )
}
