import { useFormatter, useTranslations } from 'next-intl'
import type { AccountPosture } from '@/lib/domain/views'
import { findingsHref } from '../../findings/list/finding-params'
import { SeverityBar } from '../../ui/severity-bar'
import { StatNumber } from '../../ui/stat-number'
import { SeverityCountLinks } from './severity-counts'

function Delta({ score, before }: { score: number; before: number }) {
  const t = useTranslations('account')
  const format = useFormatter()
  const change = Math.round(score) - Math.round(before)
  const points = format.number(Math.abs(change))
  if (change === 0) return <span>{t('same')}</span>
  return (
    <span className={change > 0 ? 'text-good' : 'text-bad'}>
      <span aria-hidden>{change > 0 ? '▲' : '▼'} </span>
      {change > 0 ? t('better', { points }) : t('worse', { points })}
    </span>
  )
}

/** Time to acknowledge and to resolve, in days if it is more than two. */
function Times({ account }: { account: AccountPosture }) {
  const t = useTranslations('account')
  const format = useFormatter()
  const words = (hours: number) =>
    hours >= 48
      ? format.number(hours / 24, { style: 'unit', unit: 'day', unitDisplay: 'long', maximumFractionDigits: 1 })
      : format.number(hours, { style: 'unit', unit: 'hour', unitDisplay: 'long', maximumFractionDigits: 1 })
  const { hoursToAcknowledge, hoursToResolve } = account
  return (
    <>
      {hoursToAcknowledge === null ? null : <p>{t('toAcknowledge', { time: words(hoursToAcknowledge) })}</p>}
      {hoursToResolve === null ? null : <p>{t('toResolve', { time: words(hoursToResolve) })}</p>}
    </>
  )
}

/** An account in four figures: score, open, overdue, unassigned. */
export function AccountStats({ account }: { account: AccountPosture }) {
  const t = useTranslations()
  const format = useFormatter()
  const here = { account: [account.id] }
  const isReported = account.lastHeardAt !== null || account.openTotal > 0
  const figure = (count: number) => (isReported ? format.number(count) : null)
  const checks = account.passed + account.failed
  return (
    <div className="grid grid-cols-2 gap-2 sm:gap-3.5 lg:grid-cols-4">
      <StatNumber
        title={t('account.score')}
        value={account.score === null ? null : format.number(account.score, { maximumFractionDigits: 0 })}
        unit={t('account.of100')}
        none={t('account.noScore')}
      >
        {account.score !== null && account.scoreBefore !== null ? (
          <Delta score={account.score} before={account.scoreBefore} />
        ) : null}
        {checks > 0 ? <p>{t('account.checks', { passed: account.passed, all: checks })}</p> : null}
        {account.blind !== null && account.blind > 0 ? (
          <p className="text-bad">
            {t('account.blind', {
              share: format.number(account.blind, { style: 'percent', maximumFractionDigits: 0 }),
            })}
          </p>
        ) : null}
        {account.notAvailable > 0 ? <p>{t('account.notAvailable', { count: account.notAvailable })}</p> : null}
      </StatNumber>
      <StatNumber
        title={t('account.open')}
        value={figure(account.openTotal)}
        none={t('common.noData')}
        href={findingsHref(here)}
      >
        {account.openTotal > 0 ? (
          <div className="flex flex-col gap-1.5">
            <SeverityBar counts={account.open} />
            <SeverityCountLinks counts={account.open} filter={here} />
            <p>{t('account.openNote')}</p>
          </div>
        ) : null}
        <Times account={account} />
      </StatNumber>
      <StatNumber
        title={t('accounts.columns.overdue')}
        value={figure(account.overdue)}
        none={t('common.noData')}
        href={findingsHref({ ...here, overdue: true, sort: 'due' })}
      >
        {account.oldestOverdueDays === null ? null : (
          <span className="text-bad">{t('account.oldestOverdue', { days: account.oldestOverdueDays })}</span>
        )}
      </StatNumber>
      <StatNumber
        title={t('accounts.columns.unowned')}
        value={figure(account.unowned)}
        none={t('common.noData')}
        href={findingsHref({ ...here, owner: ['none'] })}
      />
    </div>
  )
}
