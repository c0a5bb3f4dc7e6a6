import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import { type EntranceFilter, type RungChoice, rungChoices } from '@/lib/domain/waf/filter'
import type { LadderAccount } from '@/lib/domain/waf/views'
import { TeamNames } from '../teams/teams-context'
import { type Column, DataTable } from '../ui/lists/data-table'
import { RungBar } from './ladder-panel'
import { wafHref } from './waf-params'

const BELOW: RungChoice[] = rungChoices.filter(rung => rung !== 'blocking' && rung !== 'operated')

/** Accounts with the most entrances that no WAF really protects. */
export function LadderAccounts({ accounts, filter }: { accounts: readonly LadderAccount[]; filter: EntranceFilter }) {
  const t = useTranslations()
  const format = useFormatter()
  const sumOf = ({ counts }: LadderAccount, of: readonly RungChoice[]) =>
    of.reduce((sum, rung) => sum + (counts[rung] ?? 0), 0)
  const number = (n: number, href: string) =>
    n === 0 ? (
      <span className="text-muted">0</span>
    ) : (
      <Link href={href} scroll={false} className="font-semibold hover:text-accent hover:underline">
        {format.number(n)}
      </Link>
    )
  const columns: Column<LadderAccount>[] = [
    {
      key: 'account',
      header: t('waf.columns.account'),
      rowHeader: true,
      cell: ({ id, name }) => (
        <Link href={wafHref({ ...filter, account: [id] })} className="font-semibold hover:text-accent hover:underline">
          {visibleText(name || id)}
        </Link>
      ),
    },
    {
      key: 'team',
      header: t('waf.columns.team'),
      label: t('waf.columns.team'),
      cell: ({ ownerTeam }) => <TeamNames ids={[ownerTeam]} />,
    },
    {
      key: 'bar',
      header: t('waf.columns.rungs'),
      label: t('waf.columns.rungs'),
      className: 'sm:w-64',
      cell: ({ counts }) => <RungBar counts={counts} />,
    },
    {
      key: 'below',
      header: t('waf.columns.below'),
      label: t('waf.columns.below'),
      numeric: true,
      cell: row => number(sumOf(row, BELOW), wafHref({ ...filter, account: [row.id], rung: BELOW })),
    },
    {
      key: 'all',
      header: t('waf.columns.entrances'),
      label: t('waf.columns.entrances'),
      numeric: true,
      cell: row => number(sumOf(row, rungChoices), wafHref({ ...filter, account: [row.id] })),
    },
  ]
  return <DataTable caption={t('waf.byAccount')} columns={columns} rows={accounts} rowKey={({ id }) => id} />
}
