'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import { type KeyFilter, keyStates } from '@/lib/domain/access-keys/filter'
import { keyUses } from '@/lib/domain/access-keys/pipeline'
import { useTeamName, useTeamOptions } from '../teams/teams-context'
import { type ActiveFilter, FilterChips } from '../ui/lists/filter-chips'
import { FilterMenu } from '../ui/lists/filter-menu'
import { keyParsers, keysHref } from './key-params'

/** Narrows the list of access keys; every choice goes to the address. */
export function KeyFilters({ filter }: { filter: KeyFilter }) {
  const t = useTranslations()
  const teams = useTeamOptions(filter.team)
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(keyParsers, { shallow: false, history: 'push', scroll: false, startTransition })
  const [text, setText] = useState(filter.text)
  useEffect(() => setText(filter.text), [filter.text])
  function onSearch(event: FormEvent) {
    event.preventDefault()
    void setQuery({ text: text.trim(), after: null })
  }
  return (
    <search aria-label={t('accessKeys.filters')} className="flex flex-wrap items-center gap-2">
      <form onSubmit={onSearch} className="relative w-full sm:w-72">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          enterKeyHint="search"
          aria-label={t('accessKeys.text')}
          placeholder={t('accessKeys.text')}
          value={text}
          maxLength={200}
          onChange={event => setText(event.target.value)}
          className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
        />
      </form>
      <FilterMenu
        label={t('accessKeys.columns.use')}
        options={keyUses.map(id => ({ id, label: t(`accessKeys.uses.${id}`) }))}
        chosen={filter.use}
        onChange={ids => void setQuery({ use: keyUses.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('accessKeys.columns.state')}
        options={keyStates.map(id => ({ id, label: t(`accessKeys.states.${id}`) }))}
        chosen={filter.state}
        onChange={ids => void setQuery({ state: keyStates.filter(id => ids.includes(id)), after: null })}
      />
      <FilterMenu
        label={t('accessKeys.columns.team')}
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

/** The filters of the list in words, each removable. */
export function KeyChips({ filter }: { filter: KeyFilter }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const chip = (key: string, name: string, value: string, without: Partial<KeyFilter>): ActiveFilter => ({
    key,
    label: t('findings.chip', { name, value }),
    href: keysHref({ ...filter, ...without }),
  })
  const chips = [
    ...filter.use.map(id =>
      chip(id, t('accessKeys.columns.use'), t(`accessKeys.uses.${id}`), {
        use: filter.use.filter(each => each !== id),
      }),
    ),
    ...filter.state.map(id =>
      chip(id, t('accessKeys.columns.state'), t(`accessKeys.states.${id}`), {
        state: filter.state.filter(each => each !== id),
      }),
    ),
    ...filter.team.map(id =>
      chip(id, t('accessKeys.columns.team'), teamName(id), { team: filter.team.filter(each => each !== id) }),
    ),
    ...(filter.text ? [chip('text', t('common.search'), filter.text, { text: '' })] : []),
  ]
  return <FilterChips filters={chips} clear={keysHref()} />
}
