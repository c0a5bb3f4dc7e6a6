'use client'

import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { useTransition } from 'react'
import type { CoverageFilter } from '@/lib/domain/collection/coverage'
import { cellStates } from '@/lib/domain/collection/lines'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { SearchBox } from '../../ui/lists/search-box'
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
  return (
    <search aria-label={t('coverage.filters')} className="flex flex-wrap items-center gap-2">
      <SearchBox
        label={t('coverage.text')}
        text={filter.text}
        onSearch={text => void setQuery({ text, after: null })}
      />
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
