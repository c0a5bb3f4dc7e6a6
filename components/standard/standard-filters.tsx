'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import { environments } from '@/lib/domain/people/team'
import type { StandardFilter } from '@/lib/domain/standard/filter'
import { standardStates } from '@/lib/domain/standard/state'
import { useTeamOptions } from '../teams/teams-context'
import { FilterMenu } from '../ui/lists/filter-menu'
import { standardParsers } from './standard-params'

/** Narrows the standard page; every choice goes to the address. */
export function StandardFilters({ filter }: { filter: StandardFilter }) {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(standardParsers, {
    shallow: false,
    history: 'push',
    scroll: false,
    startTransition,
  })
  const [text, setText] = useState(filter.text)
  useEffect(() => setText(filter.text), [filter.text])
  function onSearch(event: FormEvent) {
    event.preventDefault()
    void setQuery({ text: text.trim(), after: null })
  }
  return (
    <search aria-label={t('standard.filters')} className="flex flex-wrap items-center gap-2 print:hidden">
      <form onSubmit={onSearch} className="relative w-full sm:w-64">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          enterKeyHint="search"
          aria-label={t('coverage.text')}
          placeholder={t('coverage.text')}
          value={text}
          maxLength={200}
          onChange={event => setText(event.target.value)}
          className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
        />
      </form>
      <FilterMenu
        label={t('standard.state')}
        options={standardStates.map(id => ({ id, label: t(`standard.states.${id}`) }))}
        chosen={filter.state}
        onChange={ids => void setQuery({ state: standardStates.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('standard.team')}
        options={teams}
        chosen={filter.team}
        onChange={ids => void setQuery({ team: [...ids], after: null })}
      />
      <FilterMenu
        label={t('accounts.columns.environment')}
        options={environments.map(id => ({ id, label: t(`environment.${id}`) }))}
        chosen={filter.environment}
        onChange={ids => void setQuery({ environment: environments.filter(id => ids.includes(id)), after: null })}
      />
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
