import { useTranslations } from 'next-intl'
import type { RuledField, RuledValues } from '@/lib/domain/accounts/rules'
import { useTeamName } from '../../teams/teams-context'

/** The values that rules decide, in words. */
export function useRuledWords(): Record<RuledField, (values: RuledValues) => string> {
  const t = useTranslations()
  const teamName = useTeamName()
  return {
    environment: values => t(`environment.${values.environment ?? 'unset'}`),
    ownerTeam: values => teamName(values.ownerTeam),
    itScope: values => t(`account.itScopes.${values.itScope ? 'in' : 'out'}`),
  }
}
