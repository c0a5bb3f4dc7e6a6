'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import { categories } from '@/lib/domain/controls/categories'
import { frameworkIds, frameworkNames } from '@/lib/domain/controls/frameworks'
import { type FindingFilter, type FindingGrouping, findingGroupings, findingSorts } from '@/lib/domain/findings/filter'
import { severities } from '@/lib/domain/findings/severity'
import { statuses } from '@/lib/domain/findings/status'
import { findingClasses, sourceIds } from '@/lib/domain/imports/outcome'
import { environments } from '@/lib/domain/people/team'
import { useTeamName, useTeams } from '../../teams/teams-context'
import { Button } from '../../ui/button'
import { Select } from '../../ui/forms/select'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { findingParsers } from '../list/finding-params'
import { AgeSelect } from './age-select'
import type { FilterOptions } from './filter-options'
import { TextMenu } from './text-menu'
import { isChosen, toUrgency, urgencies } from './urgency'

type ListKey =
  | 'class'
  | 'team'
  | 'account'
  | 'environment'
  | 'severity'
  | 'status'
  | 'owner'
  | 'source'
  | 'control'
  | 'framework'
  | 'category'

interface FindingFiltersProps {
  filter: FindingFilter
  group: FindingGrouping | null
  options: FilterOptions
}

/** The filters of a list of findings. Every choice changes the address, and the list follows. */
export function FindingFilters({ filter, group, options }: FindingFiltersProps) {
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
  const [text, setText] = useState(filter.text)
  useEffect(() => setText(filter.text), [filter.text])

  function choose(change: Parameters<typeof setQuery>[0]) {
    void setQuery({ ...(typeof change === 'function' ? {} : change), after: null })
  }
  function onSearch(event: FormEvent) {
    event.preventDefault()
    choose({ text: text.trim() })
  }
  const menus: { key: ListKey; options: { id: string; label: string }[] }[] = [
    { key: 'class', options: findingClasses.map(id => ({ id, label: t(`class.${id}`) })) },
    { key: 'severity', options: severities.map(id => ({ id, label: t(`severity.${id}`) })) },
    { key: 'status', options: statuses.map(id => ({ id, label: t(`status.${id}`) })) },
    {
      key: 'owner',
      options: [
        { id: 'me', label: t('findings.ownerMe') },
        { id: 'none', label: t('findings.nobody') },
        ...options.people,
      ],
    },
    {
      key: 'team',
      options: teams.map(({ id, retired }) => ({
        id,
        label: retired ? t('teams.retiredName', { name: teamName(id) }) : teamName(id),
      })),
    },
    { key: 'account', options: options.accounts },
    { key: 'environment', options: environments.map(id => ({ id, label: t(`environment.${id}`) })) },
    { key: 'control', options: options.controls },
    { key: 'category', options: categories.map(id => ({ id, label: t(`category.${id}`) })) },
    { key: 'framework', options: frameworkIds.map(id => ({ id, label: frameworkNames[id] })) },
    { key: 'source', options: sourceIds.map(id => ({ id, label: t(`source.${id}`) })) },
  ]
  return (
    <search aria-label={t('findings.filters')} className="flex flex-wrap items-center gap-2" data-pending={pending}>
      <form onSubmit={onSearch} className="relative w-full sm:w-56">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          enterKeyHint="search"
          aria-label={t('findings.text')}
          placeholder={t('findings.textPlaceholder')}
          value={text}
          maxLength={200}
          onChange={event => setText(event.target.value)}
          className="h-8 w-full rounded-xl border border-field-border bg-field ps-7 pe-2 text-base placeholder:text-field-placeholder sm:h-7 sm:text-xs"
        />
      </form>
      <div className="flex items-center gap-2 max-sm:-mx-3 max-sm:w-dvw max-sm:overflow-x-auto max-sm:px-3 max-sm:py-1 sm:contents">
        {menus.map(menu => (
          <FilterMenu
            key={menu.key}
            label={t(`findings.columns.${menu.key}`)}
            options={menu.options}
            chosen={filter[menu.key]}
            onChange={ids => choose({ [menu.key]: ids.length > 0 ? ids : null })}
          />
        ))}
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
          aria-pressed={filter.overdue}
          className={filter.overdue ? 'border-accent text-accent' : ''}
          onPress={() => choose({ overdue: filter.overdue ? null : true })}
        >
          {t('findings.overdue')}
        </Button>
        <Button
          variant="secondary"
          size="sm"
          aria-pressed={filter.unconfirmed}
          className={filter.unconfirmed ? 'border-accent text-accent' : ''}
          onPress={() => choose({ unconfirmed: filter.unconfirmed ? null : true })}
        >
          {t('findings.unconfirmed')}
        </Button>
        <span className="flex-1 max-sm:hidden" />
        <Select
          label={t('findings.group')}
          hideLabel
          compact
          value={group ?? 'none'}
          options={[
            { id: 'none', label: t('findings.groups.none') },
            ...findingGroupings.map(id => ({ id: id as string, label: t(`findings.groups.${id}`) })),
          ]}
          onChange={id => choose({ group: findingGroupings.find(each => each === id) ?? null })}
        />
        {group ? null : (
          <Select
            label={t('findings.sort')}
            hideLabel
            compact
            value={filter.sort}
            options={findingSorts.map(id => ({ id, label: t(`findings.sorts.${id}`) }))}
            onChange={id => choose({ sort: findingSorts.find(sort => sort === id) ?? null })}
          />
        )}
      </div>
      <span role="status" className="sr-only">
        {pending ? t('common.loading') : ''}
      </span>
    </search>
  )
}
