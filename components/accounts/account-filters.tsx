'use client'

import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { useTransition } from 'react'
import type { AccountFilter } from '@/lib/domain/accounts/filter'
import { environments } from '@/lib/domain/people/team'
import { useTeamOptions } from '../teams/teams-context'
import { FilterMenu } from '../ui/lists/filter-menu'
import { SearchBox } from '../ui/lists/search-box'
import { accountParsers } from './account-params'

/** Narrows the list of accounts; every choice goes to the address. */
export function AccountFilters({ filter }: { filter: AccountFilter }) {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(accountParsers, {
    shallow: false,
    history: 'push',
    scroll: false,
    startTransition,
  })
  return (
    <search aria-label={t('accounts.filters')} className="flex flex-wrap items-center gap-2">
      <SearchBox
        label={t('accounts.text')}
        text={filter.text}
        onSearch={(text, history) => void setQuery({ text, after: null }, { history })}
      />
      <FilterMenu
        label={t('accounts.columns.environment')}
        options={environments.map(id => ({ id, label: t(`environment.${id}`) }))}
        chosen={filter.environment}
        onChange={ids => void setQuery({ environment: environments.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('accounts.columns.team')}
        options={teams}
        chosen={filter.team}
        onChange={ids => void setQuery({ team: [...ids], after: null })}
      />
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
