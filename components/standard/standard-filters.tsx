'use client'

import { useTranslations } from 'next-intl'
import { environments } from '@/lib/domain/people/team'
import type { StandardFilter } from '@/lib/domain/standard/filter'
import { standardStates } from '@/lib/domain/standard/state'
import { useTeamOptions } from '../teams/teams-context'
import { type FilteredList, ListChips, ListFilters } from '../ui/lists/list-filters'
import { standardHref, standardParsers } from './standard-params'

function useStandardList(filter: StandardFilter): FilteredList {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  return {
    path: standardHref(),
    parsers: standardParsers,
    search: { label: t('coverage.text'), text: filter.text },
    choices: [
      {
        key: 'state',
        label: t('standard.state'),
        options: standardStates.map(id => ({ id, label: t(`standard.states.${id}`) })),
        chosen: filter.state,
      },
      { key: 'team', label: t('standard.team'), options: teams, chosen: filter.team },
      {
        key: 'environment',
        label: t('accounts.columns.environment'),
        options: environments.map(id => ({ id, label: t(`environment.${id}`) })),
        chosen: filter.environment,
      },
    ],
  }
}

/** Narrows the standard page. */
export function StandardFilters({ filter }: { filter: StandardFilter }) {
  const t = useTranslations('standard')
  return <ListFilters label={t('filters')} list={useStandardList(filter)} />
}

export function StandardChips({ filter }: { filter: StandardFilter }) {
  return <ListChips list={useStandardList(filter)} />
}
