import { useTranslations } from 'next-intl'
import type { AccountRule } from '@/lib/domain/accounts/rules'
import { useTeamName } from '../../teams/teams-context'

interface RuleSelectsProps {
  rule: AccountRule
  /** How many accounts these are now; unset where it is not known. */
  selected: number | undefined
}

/** The accounts that a rule selects, in words. */
export function RuleSelects({ rule: { unit, tag }, selected }: RuleSelectsProps) {
  const t = useTranslations()
  const parts = [
    unit === null ? null : t('settings.account-rules.inUnit', { unit }),
    tag === null
      ? null
      : tag.value === null
        ? t('exceptions.tagAny', { key: tag.key })
        : t('exceptions.tagValue', { key: tag.key, value: tag.value }),
    selected === undefined ? null : t('settings.account-rules.selected', { count: selected }),
  ]
  return <span className="break-words">{parts.filter(part => part !== null).join(' · ')}</span>
}

/** What a rule sets, in words. */
export function RuleSets({ rule: { environment, ownerTeam, itScope } }: { rule: AccountRule }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const parts = [
    environment === null ? null : t(`environment.${environment}`),
    ownerTeam === null ? null : teamName(ownerTeam),
    itScope === null ? null : t(`account.itScopes.${itScope ? 'in' : 'out'}`),
  ]
  return <span>→ {parts.filter(part => part !== null).join(' · ')}</span>
}
