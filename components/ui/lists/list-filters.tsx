'use client'

import { useTranslations } from 'next-intl'
import { createSerializer, useQueryStates } from 'nuqs'
import { useTransition } from 'react'
import type { Option } from '../forms/select'
import { type ActiveFilter, FilterChips } from './filter-chips'
import { FilterMenu } from './filter-menu'
import { SearchBox } from './search-box'

/** One filter of a list by any of several values. */
export interface ListChoice {
  /** Its parameter in the address. */
  key: string
  label: string
  options: readonly Option[]
  chosen: readonly string[]
  /** Whether only a link chooses it: it has no menu. */
  byLink?: true
}

type ParserMap = Parameters<typeof createSerializer>[0]

/** A list whose filters stand in the address. `parsers` has the parameters of the choices, `text` and `after`. */
export interface FilteredList {
  path: string
  parsers: ParserMap
  search?: { label: string; text: string }
  choices: readonly ListChoice[]
}

/** Narrows a list; every choice goes to the address, on its first page. */
export function ListFilters({ label, list }: { label: string; list: FilteredList }) {
  const { parsers, search, choices } = list
  const t = useTranslations('common')
  const [pending, startTransition] = useTransition()
  const [, setQuery] = useQueryStates(parsers, { shallow: false, history: 'push', scroll: false, startTransition })
  const change = (key: string, value: string | string[], history: 'push' | 'replace' = 'push') => {
    void setQuery({ [key]: value, ...('after' in parsers && { after: null }) }, { history })
  }
  return (
    <search aria-label={label} className="flex flex-wrap items-center gap-2 print:hidden">
      {search ? (
        <SearchBox
          label={search.label}
          text={search.text}
          onSearch={(text, history) => change('text', text, history)}
        />
      ) : null}
      {choices
        .filter(({ byLink }) => !byLink)
        .map(({ key, label, options, chosen }) => (
          <FilterMenu
            key={key}
            label={label}
            options={options}
            chosen={chosen}
            onChange={ids => change(key, inOrder(options, ids))}
          />
        ))}
      <span role="status" className="sr-only">
        {pending ? t('loading') : ''}
      </span>
    </search>
  )
}

/** The order of the menu, so that equal choices have equal addresses. */
function inOrder(options: readonly Option[], ids: readonly string[]): string[] {
  return options.map(({ id }) => id).filter(id => ids.includes(id))
}

/** The filters of a list in words, each removable. */
export function ListChips({ list: { path, parsers, search, choices } }: { list: FilteredList }) {
  const t = useTranslations()
  const serialize = createSerializer(parsers)
  const text = search?.text ?? ''
  const all = { ...(search && { text }), ...Object.fromEntries(choices.map(({ key, chosen }) => [key, [...chosen]])) }
  const chips = choices.flatMap(({ key, label, options, chosen }) =>
    chosen.map((id): ActiveFilter => {
      const value = options.find(option => option.id === id)?.label ?? id
      return {
        key: `${key} ${id}`,
        label: t('findings.chip', { name: label, value }),
        href: serialize(path, { ...all, [key]: chosen.filter(other => other !== id) }),
      }
    }),
  )
  if (text) {
    const label = t('findings.chip', { name: t('common.search'), value: text })
    chips.push({ key: 'text', label, href: serialize(path, { ...all, text: '' }) })
  }
  return <FilterChips filters={chips} clear={path} />
}
