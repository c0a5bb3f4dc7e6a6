import Link from 'next/link'
import { useFormatter, useLocale, useNow, useTranslations } from 'next-intl'
import { isCollectorId } from '@/lib/domain/collection/collectors'
import { isProblem, placeOf, stateOfCells } from '@/lib/domain/collection/coverage'
import { type CellState, cellStates } from '@/lib/domain/collection/lines'
import type { CoverageCell, CoverageRow } from '@/lib/domain/collection/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { ScrollArea } from '../../ui/layout/scroll-area'
import { useCollectorName } from '../collector-name'
import { CellShape, CellStateText, type ShownState } from './cell-state'
import { cellsHref } from './coverage-params'
import { ShortAge } from './short-age'

/** Accounts and collectors: the state of each cell with its age. On a narrow screen, the problems of each account. */
export function CoverageGrid({ rows }: { rows: readonly CoverageRow[] }) {
  const t = useTranslations('coverage')
  const collectorName = useCollectorName()
  const locale = useLocale()
  const used = new Set(rows.flatMap(({ cells, open }) => [...cells, ...open].map(({ collector }) => collector)))
  const columns = [...used].sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b))
  return (
    <>
      <ScrollArea label={t('grid')} className="relative hidden md:block">
        <table className="coverage-grid">
          <caption className="sr-only">{t('grid')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('columns.account')}</th>
              {columns.map(id => (
                <th key={id} scope="col">
                  <span className={`[writing-mode:vertical-rl] ${locale === 'ja' ? '' : 'rotate-180'}`}>
                    {collectorName(id)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.account.id}>
                <th scope="row">
                  <AccountName row={row} />
                </th>
                {columns.map(id => (
                  <td key={id}>
                    <GridCell row={row} collector={id} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <ul className="divide-y divide-border md:hidden">
        {rows.map(row => (
          <li key={row.account.id} className="flex flex-col gap-2 py-3">
            <AccountName row={row} />
            <AccountSummary row={row} />
          </li>
        ))}
      </ul>
    </>
  )
}

function AccountName({ row: { account, reader } }: { row: CoverageRow }) {
  const t = useTranslations('coverage.notRead')
  return (
    <>
      <Link href={cellsHref(account.id)} className="block truncate font-semibold hover:text-accent hover:underline">
        {visibleText(account.name || account.id)}
      </Link>
      {account.name ? <div className="font-mono text-2xs text-muted">{account.id}</div> : null}
      {reader === 'active' ? null : <div className="text-2xs text-muted">{t(reader)}</div>}
    </>
  )
}

/** Whether a collector is being read, or waits for it. */
function openState(row: CoverageRow, collector: string): ShownState | null {
  const open = row.open.filter(task => task.collector === collector)
  if (open.length === 0) return null
  return open.some(({ running }) => running) ? 'reading' : 'waiting'
}

function GridCell({ row, collector }: { row: CoverageRow; collector: string }) {
  const t = useTranslations('coverage')
  const words = useCellWords()
  const cell = row.cells.find(each => each.collector === collector)
  const open = openState(row, collector)
  const found = cell ? stateOfCells(cell.states) : null
  const state = open === 'reading' ? open : (found ?? open)
  if (state === null)
    return (
      <span className="grid-cell text-muted" title={t('neverRead')}>
        <span aria-hidden>–</span>
        <span className="sr-only">{t('neverRead')}</span>
      </span>
    )
  const text = words(collector, cell, open)
  const choice = isCollectorId(collector) ? { collector: [collector] } : {}
  return (
    <Link href={cellsHref(row.account.id, choice)} title={text} className="grid-cell hover:bg-default">
      <span className="sr-only">{text}</span>
      <span aria-hidden className="contents">
        <CellShape state={state} />
        <span>{t(`states.${state}`)}</span>
        {cell ? (
          <span className="flex flex-col items-center text-muted">
            {found && isProblem(found) ? <span>{share(cell, found)}</span> : null}
            <ShortAge date={cell.readAt} />
          </span>
        ) : null}
      </span>
    </Link>
  )
}

/** How many of several Regions have a problem, such as 2/17. */
function share({ states }: CoverageCell, problem: CellState): string | null {
  const count = Object.values(states).reduce((sum, n) => sum + n, 0)
  return count > 1 ? `${states[problem]}/${count}` : null
}

/** A cell in words: "GuardDuty: Denied in 2 of 17, OK in 15. Read 3 hours ago." */
function useCellWords() {
  const t = useTranslations('coverage')
  const separator = useTranslations('common')('listSeparator')
  const format = useFormatter()
  const now = useNow()
  const collectorName = useCollectorName()
  return (collector: string, cell: CoverageCell | undefined, open: ShownState | null): string => {
    const name = collectorName(collector)
    const states = cellStates.filter(state => cell?.states[state])
    const counts = states.map(state =>
      t('stateCount', { state: t(`states.${state}`), count: cell?.states[state] ?? 0 }),
    )
    const found = cell
      ? t('words', {
          name,
          states: counts.join(separator),
          age: format.relativeTime(Math.min(cell.readAt.getTime(), now.getTime()), now),
        })
      : name
    return open ? t('wordsOpen', { found, state: t(`states.${open}`) }) : found
  }
}

/** The problems of an account, and the number of collectors without one. */
function AccountSummary({ row }: { row: CoverageRow }) {
  const t = useTranslations('coverage')
  const collectorName = useCollectorName()
  const found = row.cells
    .map(({ collector, states }) => ({ collector, state: stateOfCells(states) }))
    .sort((a, b) => placeOf(a.collector) - placeOf(b.collector))
  const problems = found.filter((each): each is { collector: string; state: CellState } =>
    each.state === null ? false : isProblem(each.state),
  )
  const reading = row.open.filter(({ running }) => running).length
  return (
    <ul className="flex flex-col gap-1 text-xs">
      {problems.map(({ collector, state }) => (
        <li key={collector} className="flex flex-wrap items-center justify-between gap-x-3">
          <span>{collectorName(collector)}</span>
          <CellStateText state={state} />
        </li>
      ))}
      {reading > 0 ? (
        <li className="flex items-center gap-1.5 text-accent">
          <CellShape state="reading" />
          {t('readingCount', { count: reading })}
        </li>
      ) : null}
      <li className="text-muted">{t('fineCount', { count: found.length - problems.length })}</li>
    </ul>
  )
}
