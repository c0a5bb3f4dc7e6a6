'use client'

import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { useTransition } from 'react'
import { collectors } from '@/lib/domain/collection/collectors'
import { cellStates } from '@/lib/domain/collection/lines'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { useCollectorName } from '../collector-name'
import { type CellChoice, cellParsers } from './coverage-params'

/** Narrows the cells of an account; every choice goes to the address. */
export function CellFilters({ choice }: { choice: CellChoice }) {
  const t = useTranslations()
  const collectorName = useCollectorName()
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(cellParsers, {
    shallow: false,
    history: 'push',
    scroll: false,
    startTransition,
  })
  return (
    <search aria-label={t('coverage.cellFilters')} className="flex flex-wrap items-center gap-2">
      <FilterMenu
        label={t('coverage.columns.collector')}
        options={collectors.map(({ id }) => ({ id, label: collectorName(id) }))}
        chosen={choice.collector}
        onChange={ids => {
          void setQuery({ collector: collectors.map(({ id }) => id).filter(id => ids.includes(id)) })
        }}
      />
      <FilterMenu
        label={t('coverage.columns.state')}
        options={cellStates.map(id => ({ id, label: t(`coverage.states.${id}`) }))}
        chosen={choice.state}
        onChange={ids => void setQuery({ state: cellStates.filter(id => ids.includes(id)) })}
      />
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
