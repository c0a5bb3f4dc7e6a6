'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import { entranceKinds } from '@/lib/domain/waf/entrances/kinds'
import { type EntranceFilter, environmentChoices, rungChoices } from '@/lib/domain/waf/filter'
import { useTeamOptions } from '../teams/teams-context'
import { FilterMenu } from '../ui/lists/filter-menu'
import { entranceParsers } from './waf-params'

/** Narrows the list of entrances; every choice goes to the address. */
export function EntranceFilters({ filter }: { filter: EntranceFilter }) {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(entranceParsers, {
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
    <search aria-label={t('waf.filters')} className="flex flex-wrap items-center gap-2">
      <form onSubmit={onSearch} className="relative w-full sm:w-64">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          enterKeyHint="search"
          aria-label={t('waf.text')}
          placeholder={t('waf.text')}
          value={text}
          maxLength={200}
          onChange={event => setText(event.target.value)}
          className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
        />
      </form>
      <FilterMenu
        label={t('waf.columns.rung')}
        options={rungChoices.map(id => ({ id, label: t(`waf.rungs.${id}`) }))}
        chosen={filter.rung}
        onChange={ids => void setQuery({ rung: rungChoices.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('waf.columns.kind')}
        options={entranceKinds.map(id => ({ id, label: t(`waf.kinds.${id}`) }))}
        chosen={filter.kind}
        onChange={ids => void setQuery({ kind: entranceKinds.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('accounts.columns.environment')}
        options={environmentChoices.map(id => ({ id, label: t(`environment.${id}`) }))}
        chosen={filter.environment}
        onChange={ids => void setQuery({ environment: environmentChoices.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('waf.columns.team')}
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
