'use client'

import { useTranslations } from 'next-intl'
import { type KeyFilter, keyStates } from '@/lib/domain/access-keys/filter'
import { keyUses } from '@/lib/domain/access-keys/pipeline'
import { useTeamOptions } from '../teams/teams-context'
import { type FilteredList, ListChips, ListFilters } from '../ui/lists/list-filters'
import { keyParsers, keysHref } from './key-params'

function useKeyList(filter: KeyFilter): FilteredList {
  const t = useTranslations('accessKeys')
  const teams = useTeamOptions(filter.team)
  return {
    path: keysHref(),
    parsers: keyParsers,
    search: { label: t('text'), text: filter.text },
    choices: [
      {
        key: 'use',
        label: t('columns.use'),
        options: keyUses.map(id => ({ id, label: t(`uses.${id}`) })),
        chosen: filter.use,
      },
      {
        key: 'state',
        label: t('columns.state'),
        options: keyStates.map(id => ({ id, label: t(`states.${id}`) })),
        chosen: filter.state,
      },
      { key: 'team', label: t('columns.team'), options: teams, chosen: filter.team },
    ],
  }
}

/** Narrows the list of access keys. */
export function KeyFilters({ filter }: { filter: KeyFilter }) {
  const t = useTranslations('accessKeys')
  return <ListFilters label={t('filters')} list={useKeyList(filter)} />
}

export function KeyChips({ filter }: { filter: KeyFilter }) {
  return <ListChips list={useKeyList(filter)} />
}
