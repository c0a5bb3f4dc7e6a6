import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type StandardState, standardStates } from '@/lib/domain/standard/state'
import type { CheckTotals } from '@/lib/domain/standard/summary'
import type { CheckResult } from '@/lib/domain/standard/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref } from '../../findings/finding-links'
import { TeamNames } from '../../teams/teams-context'
import { type Column, DataTable } from '../../ui/lists/data-table'
import { checkHref } from '../standard-params'
import { StateText } from '../state-mark'
import { CellReason } from './cell-reason'

interface StateChoiceProps {
  check: string
  totals: CheckTotals
  chosen: readonly StandardState[]
}

const choice =
  'inline-flex items-center gap-1.5 rounded-full border border-border px-2.5 py-0.5 text-xs hover:border-accent aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft'

/** How many accounts are in each state, each a link to just these. */
export function StateChoice({ check, totals, chosen }: StateChoiceProps) {
  const t = useTranslations('standard.checkPage')
  const format = useFormatter()
  const all = standardStates.reduce((sum, state) => sum + totals[state], 0)
  return (
    <nav aria-label={t('byState')}>
      <ul className="flex flex-wrap gap-1.5">
        <li>
          <Link href={checkHref(check)} scroll={false} aria-current={chosen.length === 0} className={choice}>
            {t('all')} <b className="font-semibold">{format.number(all)}</b>
          </Link>
        </li>
        {standardStates
          .filter(state => totals[state] > 0)
          .map(state => (
            <li key={state}>
              <Link
                href={checkHref(check, [state])}
                scroll={false}
                aria-current={chosen.includes(state)}
                className={choice}
              >
                <StateText state={state} /> <b className="font-semibold">{format.number(totals[state])}</b>
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  )
}

/** The accounts with the state of one check: what fails, and why there is no result. */
export function CheckResultTable({ rows }: { rows: readonly CheckResult[] }) {
  const t = useTranslations()
  const format = useFormatter()
  const columns: Column<CheckResult>[] = [
    {
      key: 'account',
      header: t('standard.account'),
      rowHeader: true,
      cell: ({ account, name }) => (
        <div>
          <Link href={accountHref(account)} className="font-semibold hover:text-accent hover:underline">
            {visibleText(name || account)}
          </Link>
          {name ? <div className="font-mono text-2xs text-muted">{account}</div> : null}
        </div>
      ),
    },
    {
      key: 'environment',
      header: t('accounts.columns.environment'),
      label: t('accounts.columns.environment'),
      cell: ({ environment }) => t(`environment.${environment ?? 'unset'}`),
    },
    {
      key: 'state',
      header: t('standard.state'),
      label: t('standard.state'),
      cell: ({ cell }) => <StateText state={cell.state} />,
    },
    {
      key: 'result',
      header: t('standard.checkPage.result'),
      label: t('standard.checkPage.result'),
      className: 'wide',
      empty: ({ cell }) => cell.state === 'passed' || cell.state === 'not_applicable',
      cell: ({ account, cell }) => <CellReason account={account} cell={cell} named={3} />,
    },
    {
      key: 'passed',
      header: t('standard.checkPage.passed'),
      label: t('standard.checkPage.passed'),
      numeric: true,
      cell: ({ cell }) => format.number(cell.passed),
    },
    {
      key: 'team',
      header: t('standard.team'),
      label: t('standard.team'),
      className: 'whitespace-nowrap',
      cell: ({ cell }) => <TeamNames ids={[cell.team]} />,
    },
  ]
  return (
    <DataTable
      caption={t('standard.checkPage.results')}
      columns={columns}
      rows={rows}
      rowKey={({ account }) => account}
    />
  )
}
