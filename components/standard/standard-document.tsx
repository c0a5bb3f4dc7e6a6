import { useLocale, useTranslations } from 'next-intl'
import type { numericLimits, StandardLimits } from '@/lib/domain/standard/limits'
import { type StandardRow, standardGroups, standardRows } from '@/lib/domain/standard/rows'
import type { StandardPolicy, StandardSwitch } from '@/lib/domain/standard/settings'
import type { StandardSummary } from '@/lib/domain/standard/summary'
import { visibleText } from '@/lib/domain/text/visible-text'
import { TeamNames } from '../teams/teams-context'
import { Panel } from '../ui/layout/panel'
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
      <div className="font-semibold">{row.title[locale]}</div>
      {limit ? <div className="text-xs">{limit}</div> : null}
      <div className="break-words text-2xs text-muted">{row.controls.join(', ')}</div>
      {off.map(each => (
        <Exclusion key={each.environment ?? ''} off={each} />
      ))}
    </div>
  )
}

function Exclusion({ off: { environment, reason } }: { off: StandardSwitch }) {
  const t = useTranslations()
  const name = environment === null ? t('standard.document.everywhere') : t(`environment.${environment}`)
  return (
    <div className="text-muted text-xs">
      {t('standard.document.offIn', { environment: name, reason: visibleText(reason) })}
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

/** The limit of a check in words; null where it has none. */
function useLimit(check: string, limits: StandardLimits): string | null {
  const t = useTranslations('standard.document.limit')
  const name = LIMITS[check]
  if (name === undefined) return null
  if (name === 'accountTags' || name === 'contactDomains') {
    return limits[name].length === 0 ? null : t(name, { value: limits[name].join(', ') })
  }
  return t(name, { value: limits[name] })
}

const LIMITS: Readonly<Record<string, (typeof numericLimits)[number] | 'accountTags' | 'contactDomains'>> = {
  'root-not-used': 'rootUnusedDays',
  'key-rotation': 'keyRotationDays',
  'unused-credentials': 'unusedDays',
  'password-policy': 'passwordLength',
  'trail-retention': 'logRetentionDays',
  'account-tags': 'accountTags',
  'security-contact': 'contactDomains',
}
