'use client'

import { useTranslations } from 'next-intl'
import type { AccountFilter } from '@/lib/domain/accounts/filter'
import { useTeamName } from '../teams/teams-context'
import { type ActiveFilter, FilterChips } from '../ui/lists/filter-chips'
import { accountsHref } from './account-params'

/** The filters of the list of accounts in words, each removable. */
export function AccountChips({ filter }: { filter: AccountFilter }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const chips: ActiveFilter[] = [
    ...filter.environment.map(id => ({
      key: id,
      label: t('findings.chip', { name: t('accounts.columns.environment'), value: t(`environment.${id}`) }),
      href: accountsHref({ ...filter, environment: filter.environment.filter(other => other !== id) }),
    })),
    ...filter.team.map(id => ({
      key: id,
      label: t('findings.chip', { name: t('accounts.columns.team'), value: teamName(id) }),
      href: accountsHref({ ...filter, team: filter.team.filter(other => other !== id) }),
    })),
  ]
  if (filter.text) {
    chips.push({
      key: 'text',
      label: t('findings.chip', { name: t('common.search'), value: filter.text }),
      href: accountsHref({ ...filter, text: '' }),
    })
  }
  return <FilterChips filters={chips} clear={accountsHref({ sort: filter.sort, dir: filter.dir })} />
}
