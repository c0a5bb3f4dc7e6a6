'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import type { CoverageFilter } from '@/lib/domain/collection/coverage'
import { cellStates } from '@/lib/domain/collection/lines'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { coverageParsers } from './coverage-params'

/** Narrows the coverage page; every choice goes to the address. */
export function CoverageFilters({ filter }: { filter: CoverageFilter }) {
  const t = useTranslations()
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(coverageParsers, {
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
    <search aria-label={t('coverage.filters')} className="flex flex-wrap items-center gap-2">
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
        label={t('coverage.columns.state')}
        options={cellStates.map(id => ({ id, label: t(`coverage.states.${id}`) }))}
        chosen={filter.state}
        onChange={ids => void setQuery({ state: cellStates.filter(id => ids.includes(id)), after: null })}
      />
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
