'use client'

import { useTranslations } from 'next-intl'
import type { EntranceFilter } from '@/lib/domain/waf/filter'
import { useTeamName } from '../teams/teams-context'
import { type ActiveFilter, FilterChips } from '../ui/lists/filter-chips'
import { wafHref } from './waf-params'

type Listed = 'rung' | 'kind' | 'environment' | 'team' | 'account'

/** The filters of the list of entrances in words, each removable. */
export function EntranceChips({ filter }: { filter: EntranceFilter }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const chipsOf = <K extends Listed>(key: K, name: string, word: (id: EntranceFilter[K][number]) => string) =>
    filter[key].map((id): ActiveFilter => {
      const rest = filter[key].filter(other => other !== id)
      return {
        key: `${key} ${id}`,
        label: t('findings.chip', { name, value: word(id) }),
        href: wafHref({ ...filter, [key]: rest }),
      }
    })
  const chips: ActiveFilter[] = [
    ...chipsOf('rung', t('waf.columns.rung'), id => t(`waf.rungs.${id}`)),
    ...chipsOf('kind', t('waf.columns.kind'), id => t(`waf.kinds.${id}`)),
    ...chipsOf('environment', t('accounts.columns.environment'), id => t(`environment.${id}`)),
    ...chipsOf('team', t('waf.columns.team'), teamName),
    ...chipsOf('account', t('waf.columns.account'), id => id),
  ]
  if (filter.text) {
    const href = wafHref({ ...filter, text: '' })
    chips.push({ key: 'text', label: t('findings.chip', { name: t('common.search'), value: filter.text }), href })
  }
  return <FilterChips filters={chips} clear={wafHref()} />
}
