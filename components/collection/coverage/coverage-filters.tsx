'use client'

import { useTranslations } from 'next-intl'
import { collectors } from '@/lib/domain/collection/collectors'
import type { CoverageFilter } from '@/lib/domain/collection/coverage'
import { cellStates } from '@/lib/domain/collection/lines'
import { type FilteredList, ListChips, ListFilters } from '../../ui/lists/list-filters'
import { useCollectorName } from '../collector-name'
import { type CellChoice, cellParsers, cellsHref, coverageHref, coverageParsers } from './coverage-params'

function useStateChoice(chosen: CoverageFilter['state']) {
  const t = useTranslations('coverage')
  const options = cellStates.map(id => ({ id, label: t(`states.${id}`) }))
  return { key: 'state', label: t('columns.state'), options, chosen }
}

function useCoverageList(filter: CoverageFilter): FilteredList {
  const t = useTranslations('coverage')
  const search = { label: t('text'), text: filter.text }
  return { path: coverageHref(), parsers: coverageParsers, search, choices: [useStateChoice(filter.state)] }
}

/** Narrows the coverage page. */
export function CoverageFilters({ filter }: { filter: CoverageFilter }) {
  const t = useTranslations('coverage')
  return <ListFilters label={t('filters')} list={useCoverageList(filter)} />
}

export function CoverageChips({ filter }: { filter: CoverageFilter }) {
  return <ListChips list={useCoverageList(filter)} />
}

function useCellList(account: string, choice: CellChoice): FilteredList {
  const t = useTranslations('coverage')
  const collectorName = useCollectorName()
  const options = collectors.map(({ id }) => ({ id, label: collectorName(id) }))
  return {
    path: cellsHref(account),
    parsers: cellParsers,
    choices: [
      { key: 'collector', label: t('columns.collector'), options, chosen: choice.collector },
      useStateChoice(choice.state),
    ],
  }
}

/** Narrows the cells of an account. */
export function CellFilters({ account, choice }: { account: string; choice: CellChoice }) {
  const t = useTranslations('coverage')
  return <ListFilters label={t('cellFilters')} list={useCellList(account, choice)} />
}

export function CellChips({ account, choice }: { account: string; choice: CellChoice }) {
  return <ListChips list={useCellList(account, choice)} />
}
