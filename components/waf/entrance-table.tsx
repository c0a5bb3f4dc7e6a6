import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { EntranceRow } from '@/lib/domain/waf/views'
import { accountHref } from '../findings/finding-links'
import { TeamNames } from '../teams/teams-context'
import { type Column, DataTable } from '../ui/lists/data-table'
import { NextStepText } from './next-step-text'
import { RungText } from './rung-text'
import { entranceHref } from './waf-params'

/** Entrances with their rungs and what brings them to the next one. */
export function EntranceTable({ rows }: { rows: readonly EntranceRow[] }) {
  const t = useTranslations()
  const columns: Column<EntranceRow>[] = [
    {
      key: 'name',
      header: t('waf.columns.entrance'),
      rowHeader: true,
      cell: row => (
        <div>
          <Link href={entranceHref(row)} className="font-semibold hover:text-accent hover:underline">
            {visibleText(row.name || row.arn)}
          </Link>
          <div className="text-muted text-xs">{t(`waf.kinds.${row.kind}`)}</div>
        </div>
      ),
    },
    {
      key: 'account',
      header: t('waf.columns.account'),
      label: t('waf.columns.account'),
      cell: ({ account, region }) => (
        <div>
          <Link href={accountHref(account.id)} className="hover:text-accent hover:underline">
            {visibleText(account.name || account.id)}
          </Link>
          <div className="whitespace-nowrap text-muted text-xs">
            {region === 'global' ? t('coverage.allRegions') : region}
          </div>
        </div>
      ),
    },
    {
      key: 'team',
      header: t('waf.columns.team'),
      label: t('waf.columns.team'),
      className: 'whitespace-nowrap',
      cell: ({ account }) => <TeamNames ids={[account.ownerTeam]} />,
    },
    {
      key: 'rung',
      header: t('waf.columns.rung'),
      label: t('waf.columns.rung'),
      cell: ({ rung, acl }) => (
        <div>
          <RungText rung={rung} />
          {acl ? <div className="text-muted text-xs">{t('waf.byAcl', { acl: visibleText(acl.name) })}</div> : null}
        </div>
      ),
    },
    ...(['allowed', 'counted', 'blocked'] as const).map(
      (key): Column<EntranceRow> => ({
        key,
        header: t(`waf.columns.${key}`),
        label: t(`waf.columns.${key}`),
        numeric: true,
        className: 'whitespace-nowrap',
        empty: row => row[key] === null,
        cell: row => <Requests count={row[key]} />,
      }),
    ),
    {
      key: 'next',
      header: t('waf.columns.next'),
      label: t('waf.columns.next'),
      className: 'wide sm:w-80',
      cell: ({ next }) => (
        <span className="text-xs">
          <NextStepText next={next} />
        </span>
      ),
    },
  ]
  return (
    <DataTable
      caption={t('waf.list')}
      columns={columns}
      rows={rows}
      rowKey={({ account, id }) => `${account.id} ${id}`}
    />
  )
}

/** A number of requests, short; no data is no zero. */
function Requests({ count }: { count: number | null }) {
  const t = useTranslations('common')
  const format = useFormatter()
  if (count === null) {
    return (
      <span className="text-muted" title={t('noData')}>
        <span aria-hidden>–</span>
        <span className="sr-only">{t('noData')}</span>
      </span>
    )
  }
  return (
    <span title={format.number(count)}>
      {format.number(count, { notation: count < 10_000 ? 'standard' : 'compact' })}
    </span>
  )
}
