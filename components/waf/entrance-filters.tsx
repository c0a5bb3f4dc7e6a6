'use client'

import { useTranslations } from 'next-intl'
import { entranceKinds } from '@/lib/domain/waf/entrances/kinds'
import { type EntranceFilter, environmentChoices, rungChoices } from '@/lib/domain/waf/filter'
import { useTeamOptions } from '../teams/teams-context'
import { type FilteredList, ListChips, ListFilters } from '../ui/lists/list-filters'
import { entranceParsers, wafHref } from './waf-params'

function useEntranceList(filter: EntranceFilter): FilteredList {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  return {
    path: wafHref(),
    parsers: entranceParsers,
    search: { label: t('waf.text'), text: filter.text },
    choices: [
      {
        key: 'rung',
        label: t('waf.columns.rung'),
        options: rungChoices.map(id => ({ id, label: t(`waf.rungs.${id}`) })),
        chosen: filter.rung,
      },
      {
        key: 'kind',
        label: t('waf.columns.kind'),
        options: entranceKinds.map(id => ({ id, label: t(`waf.kinds.${id}`) })),
        chosen: filter.kind,
      },
      {
        key: 'environment',
        label: t('accounts.columns.environment'),
        options: environmentChoices.map(id => ({ id, label: t(`environment.${id}`) })),
        chosen: filter.environment,
      },
      { key: 'team', label: t('waf.columns.team'), options: teams, chosen: filter.team },
      { key: 'account', label: t('waf.columns.account'), options: [], chosen: filter.account, byLink: true },
    ],
  }
}

/** Narrows the list of entrances. */
export function EntranceFilters({ filter }: { filter: EntranceFilter }) {
  const t = useTranslations('waf')
  return <ListFilters label={t('filters')} list={useEntranceList(filter)} />
}

export function EntranceChips({ filter }: { filter: EntranceFilter }) {
  return <ListChips list={useEntranceList(filter)} />
}
