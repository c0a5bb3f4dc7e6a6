'use client'

import { useTranslations } from 'next-intl'
import type { StandardFilter } from '@/lib/domain/standard/filter'
import { useTeamName } from '../teams/teams-context'
import { type ActiveFilter, FilterChips } from '../ui/lists/filter-chips'
import { standardHref } from './standard-params'

/** The filters of the standard page in words, each removable. */
export function StandardChips({ filter }: { filter: StandardFilter }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const chip = (key: string, name: string, value: string, without: Partial<StandardFilter>): ActiveFilter => ({
    key,
    label: t('findings.chip', { name, value }),
    href: standardHref({ ...filter, ...without }),
  })
  const chips = [
    ...filter.state.map(id =>
      chip(id, t('standard.state'), t(`standard.states.${id}`), { state: filter.state.filter(other => other !== id) }),
    ),
    ...filter.team.map(id =>
      chip(`team ${id}`, t('standard.team'), teamName(id), { team: filter.team.filter(other => other !== id) }),
    ),
    ...filter.environment.map(id =>
      chip(id, t('accounts.columns.environment'), t(`environment.${id}`), {
        environment: filter.environment.filter(other => other !== id),
      }),
    ),
    ...(filter.text ? [chip('text', t('common.search'), filter.text, { text: '' })] : []),
  ]
  return <FilterChips filters={chips} clear={standardHref()} />
}
