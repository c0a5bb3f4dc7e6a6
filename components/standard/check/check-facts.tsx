import { useTranslations } from 'next-intl'
import { controlSeverity } from '@/lib/domain/controls/severities'
import type { StandardRow } from '@/lib/domain/standard/rows'
import type { StandardPolicy } from '@/lib/domain/standard/settings'
import type { CheckTotals } from '@/lib/domain/standard/summary'
import { Fact, FactList } from '../../findings/facts/fact'
import { TeamNames } from '../../teams/teams-context'
import { Panel } from '../../ui/layout/panel'
import { SeverityBadge } from '../../ui/severity-badge'
import { Exclusion } from './exclusion'
import { useLimit } from './limit'

interface CheckFactsProps {
  row: StandardRow
  policy: StandardPolicy
  totals: CheckTotals
}

/** Whose a check is, its threshold, and where it is switched off. */
export function CheckFacts({ row, policy, totals }: CheckFactsProps) {
  const t = useTranslations('standard')
  const limit = useLimit(row.id, policy.limits)
  const off = policy.off.filter(({ check }) => check === row.id)
  return (
    <Panel title={t('checkPage.facts')}>
      <FactList>
        <Fact name={t('checkPage.part')}>{t(`groups.${row.group}`)}</Fact>
        <Fact name={t('checkPage.severity')}>
          <SeverityBadge severity={controlSeverity(row.controls[0] ?? '') ?? row.severity} />
        </Fact>
        <Fact name={t('team')}>
          {totals.teams.length > 0 ? (
            <>
              <TeamNames ids={totals.teams} separator=", " />
              {totals.teams.length > 1 ? (
                <span className="ms-2 text-muted text-xs">{t('checkPage.byAccount')}</span>
              ) : null}
            </>
          ) : (
            '–'
          )}
        </Fact>
        {limit ? <Fact name={t('checkPage.limit')}>{limit}</Fact> : null}
        <Fact name={t('states.off')}>
          {off.length > 0
            ? off.map(each => <Exclusion key={each.environment ?? ''} off={each} />)
            : t('checkPage.nowhere')}
        </Fact>
      </FactList>
    </Panel>
  )
}
