import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import { type StandardRow, standardGroups, standardRows } from '@/lib/domain/standard/rows'
import type { StandardPolicy } from '@/lib/domain/standard/settings'
import type { StandardSummary } from '@/lib/domain/standard/summary'
import { visibleText } from '@/lib/domain/text/visible-text'
import { TeamNames } from '../teams/teams-context'
import { Panel } from '../ui/layout/panel'
import { Exclusion } from './check/exclusion'
import { useLimit } from './check/limit'
import { checkHref } from './standard-params'
import { StateText } from './state-mark'

interface StandardDocumentProps {
  introduction: string
  policy: StandardPolicy
  summary: StandardSummary
}

/**
 * The standard to read and to print: each check with its limit, its team, its exclusions, and how many accounts pass.
 */
export function StandardDocument({ introduction, policy, summary }: StandardDocumentProps) {
  const t = useTranslations('standard')
  const text = visibleText(introduction)
  return (
    <>
      {text ? (
        <Panel>
          <p className="max-w-prose whitespace-pre-wrap">{text}</p>
        </Panel>
      ) : null}
      {standardGroups.map(group => (
        <Panel key={group} title={t(`groups.${group}`)}>
          <ul className="divide-y divide-separator">
            {standardRows
              .filter(row => row.group === group)
              .map(row => (
                <li key={row.id} className="printed-row grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[minmax(0,1fr)_14rem]">
                  <Check row={row} policy={policy} />
                  <Result row={row} summary={summary} />
                </li>
              ))}
          </ul>
        </Panel>
      ))}
    </>
  )
}

function Check({ row, policy }: { row: StandardRow; policy: StandardPolicy }) {
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  const limit = useLimit(row.id, policy.limits)
  const off = policy.off.filter(({ check }) => check === row.id)
  return (
    <div className="min-w-0">
      <Link href={checkHref(row.id)} className="font-semibold hover:text-accent hover:underline">
        {row.title[locale]}
      </Link>
      {limit ? <div className="text-xs">{limit}</div> : null}
      <div className="break-words text-2xs text-muted">{row.controls.join(', ')}</div>
      {off.map(each => (
        <Exclusion key={each.environment ?? ''} off={each} />
      ))}
    </div>
  )
}

function Result({ row, summary }: { row: StandardRow; summary: StandardSummary }) {
  const t = useTranslations('standard.document')
  const found = summary.checks.get(row.id)
  if (!found) return null
  const { passed, failed, unexamined, excepted, teams } = found
  const all = passed + failed + unexamined + excepted
  return (
    <div className="text-xs sm:text-end">
      {all > 0 ? (
        <div>{t('accounts', { passed, all })}</div>
      ) : (
        <StateText state={found.off > 0 ? 'off' : 'not_applicable'} />
      )}
      {failed > 0 ? <div className="font-semibold text-bad">{t('failing', { count: failed })}</div> : null}
      {excepted > 0 ? <div className="text-muted">{t('excepted', { count: excepted })}</div> : null}
      {unexamined > 0 ? <div className="text-muted">{t('unexamined', { count: unexamined })}</div> : null}
      <div className="text-muted">
        <TeamNames ids={teams} separator=", " />
      </div>
    </div>
  )
}
