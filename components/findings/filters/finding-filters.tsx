'use client'

import { SlidersHorizontal } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { useCallback, useState, useTransition } from 'react'
import { categories } from '@/lib/domain/controls/categories'
import { frameworkIds, frameworkNames } from '@/lib/domain/controls/frameworks'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { severities } from '@/lib/domain/findings/severity'
import { statuses } from '@/lib/domain/findings/status'
import { findingClasses, sourceIds } from '@/lib/domain/imports/outcome'
import { environments } from '@/lib/domain/people/team'
import type { SearchAction } from '../../palette/palette-search'
import { useTeamName, useTeams } from '../../teams/teams-context'
import { orThrow } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { SearchBox } from '../../ui/lists/search-box'
import { findingParsers } from '../list/finding-params'
import { AgeSelect } from './age-select'
import type { FilterOptions } from './filter-options'
import { TextMenu } from './text-menu'
import { isChosen, toUrgency, urgencies } from './urgency'

/** Filters that always stand beside the search. The others open with a button, and are open where one of them is in use. */
const FIRST = ['class', 'severity', 'status', 'owner', 'team', 'account'] as const
const MORE = ['category', 'control', 'framework', 'source', 'environment'] as const
type ListKey = (typeof FIRST)[number] | (typeof MORE)[number]

/** How many of the filters that open with a button are in use. */
function countMore(filter: FindingFilter): number {
  const lists = [...MORE, 'tag' as const, 'package' as const].filter(key => filter[key].length > 0).length
  const urgent = urgencies.some(id => isChosen(filter, id))
  const dated = filter.observedFrom !== null || filter.observedTo !== null
  return lists + Number(urgent) + Number(dated) + Number(filter.unconfirmed)
}

interface FindingFiltersProps {
  filter: FindingFilter
  options: FilterOptions
  /** Finds controls by their names. */
  search: SearchAction
}

/** The filters of a list of findings. Every choice changes the address, and the list follows. */
export function FindingFilters({ filter, options, search }: FindingFiltersProps) {
  const t = useTranslations()
  const teams = useTeams()
  const teamName = useTeamName()
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(findingParsers, {
    shallow: false,
    history: 'push',
    scroll: false,
    startTransition,
  })
  const more = countMore(filter)
  const [open, setOpen] = useState(more > 0)

  function choose(change: Parameters<typeof setQuery>[0], history: 'push' | 'replace' = 'push') {
    void setQuery({ ...(typeof change === 'function' ? {} : change), after: null }, { history })
  }
  const optionsOf: Record<ListKey, readonly { id: string; label: string }[]> = {
    class: findingClasses.map(id => ({ id, label: t(`class.${id}`) })),
    severity: severities.map(id => ({ id, label: t(`severity.${id}`) })),
    status: statuses.map(id => ({ id, label: t(`status.${id}`) })),
    owner: [{ id: 'me', label: t('findings.ownerMe') }, { id: 'none', label: t('findings.nobody') }, ...options.people],
    team: teams.map(({ id, retired }) => ({
      id,
      label: retired ? t('teams.retiredName', { name: teamName(id) }) : teamName(id),
    })),
    account: options.accounts,
    environment: environments.map(id => ({ id, label: t(`environment.${id}`) })),
    control: options.controls,
    category: categories.map(id => ({ id, label: t(`category.${id}`) })),
    framework: frameworkIds.map(id => ({ id, label: frameworkNames[id] })),
    source: sourceIds.map(id => ({ id, label: t(`source.${id}`) })),
  }
  const findControls = useCallback(
    async (text: string) =>
      orThrow(await search(text)).controls.map(({ id, title }) => ({
        id,
        label: title && title !== id ? `${id} ${title}` : id,
      })),
    [search],
  )
  const menuOf = (key: ListKey) => (
    <FilterMenu
      key={key}
      {...(key === 'control' && { find: findControls })}
      label={t(`findings.columns.${key}`)}
      options={optionsOf[key]}
      chosen={filter[key]}
      onChange={ids => choose({ [key]: ids.length > 0 ? ids : null })}
    />
  )
  return (
    <search aria-label={t('findings.filters')} className="flex flex-wrap items-center gap-2" data-pending={pending}>
      <SearchBox
        label={t('findings.text')}
        text={filter.text}
        onSearch={(text, history) => choose({ text }, history)}
        className="sm:w-56"
      />
      <div className="flex items-center gap-2 max-sm:-mx-3 max-sm:w-dvw max-sm:overflow-x-auto max-sm:px-3 max-sm:py-1 sm:contents">
        {FIRST.map(menuOf)}
        <Button
          variant="secondary"
          size="sm"
          aria-pressed={filter.overdue}
          className={filter.overdue ? 'border-accent text-accent' : ''}
          onPress={() => choose({ overdue: filter.overdue ? null : true })}
        >
          {t('findings.overdue')}
        </Button>
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={open}
          className={more > 0 ? 'text-accent' : ''}
          onPress={() => setOpen(!open)}
        >
          <SlidersHorizontal aria-hidden className="size-3.5" />
          {t('findings.moreFilters')}
          {more > 0 ? <span className="font-semibold">{more}</span> : null}
        </Button>
        {open ? (
          <fieldset
            aria-label={t('findings.moreFilters')}
            className="flex min-w-0 items-center gap-2 sm:w-full sm:flex-wrap"
          >
            {MORE.map(menuOf)}
            {(['tag', 'package'] as const).map(key => (
              <TextMenu
                key={key}
                label={t(`findings.columns.${key}`)}
                hint={t(`findings.written.${key}`)}
                placeholder={key === 'tag' ? 'Team=billing' : 'openssl'}
                chosen={filter[key]}
                onChange={values => choose({ [key]: values })}
              />
            ))}
            <FilterMenu
              label={t('findings.urgency.name')}
              options={urgencies.map(id => ({ id, label: t(`findings.urgency.${id}`) }))}
              chosen={urgencies.filter(id => isChosen(filter, id))}
              onChange={ids => choose(toUrgency(ids))}
            />
            <AgeSelect filter={filter} onChange={choose} />
            <Button
              variant="secondary"
              size="sm"
              aria-pressed={filter.unconfirmed}
              className={filter.unconfirmed ? 'border-accent text-accent' : ''}
              onPress={() => choose({ unconfirmed: filter.unconfirmed ? null : true })}
            >
              {t('findings.unconfirmed')}
            </Button>
          </fieldset>
        ) : null}
      </div>
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
