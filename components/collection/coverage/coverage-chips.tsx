'use client'

import { useTranslations } from 'next-intl'
import type { CoverageFilter } from '@/lib/domain/collection/coverage'
import { type ActiveFilter, FilterChips } from '../../ui/lists/filter-chips'
import { useCollectorName } from '../collector-name'
import { type CellChoice, cellsHref, coverageHref } from './coverage-params'

/** The filters of the coverage page in words, each removable. */
export function CoverageChips({ filter }: { filter: CoverageFilter }) {
  const t = useTranslations()
  const chips: ActiveFilter[] = filter.state.map(id => ({
    key: id,
    label: t('findings.chip', { name: t('coverage.columns.state'), value: t(`coverage.states.${id}`) }),
    href: coverageHref({ ...filter, state: filter.state.filter(other => other !== id) }),
  }))
  if (filter.text) {
    chips.push({
      key: 'text',
      label: t('findings.chip', { name: t('common.search'), value: filter.text }),
      href: coverageHref({ ...filter, text: '' }),
    })
  }
  return <FilterChips filters={chips} clear={coverageHref()} />
}

/** The filters of an account's cells in words, each removable. */
export function CellChips({ account, choice }: { account: string; choice: CellChoice }) {
  const t = useTranslations()
  const collectorName = useCollectorName()
  const chips: ActiveFilter[] = [
    ...choice.collector.map(id => ({
      key: id,
      label: t('findings.chip', { name: t('coverage.columns.collector'), value: collectorName(id) }),
      href: cellsHref(account, { ...choice, collector: choice.collector.filter(other => other !== id) }),
    })),
    ...choice.state.map(id => ({
      key: id,
      label: t('findings.chip', { name: t('coverage.columns.state'), value: t(`coverage.states.${id}`) }),
      href: cellsHref(account, { ...choice, state: choice.state.filter(other => other !== id) }),
    })),
  ]
  return <FilterChips filters={chips} clear={cellsHref(account)} />
}
