'use client'

import { useTranslations } from 'next-intl'
import { frameworkNames } from '@/lib/domain/controls/frameworks'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { useTeamName } from '../../teams/teams-context'
import type { Option } from '../../ui/forms/select'
import { type ActiveFilter, FilterChips } from '../../ui/lists/filter-chips'
import { shortResource } from '../finding-links'
import { findingsHref } from '../list/finding-params'
import type { FilterOptions } from './filter-options'
import { isChosen, urgencies } from './urgency'

function nameOf(options: readonly Option[], id: string): string {
  return options.find(option => option.id === id)?.label ?? id
}

/** The filters of a list of findings in words, each removable. */
export function FindingChips({ filter, options }: { filter: FindingFilter; options: FilterOptions }) {
  const t = useTranslations()
  const teamName = useTeamName()
  const words = {
    class: (id: string) => t(`class.${id}`),
    severity: (id: string) => t(`severity.${id}`),
    status: (id: string) => t(`status.${id}`),
    owner: (id: string) =>
      id === 'me' ? t('findings.ownerMe') : id === 'none' ? t('findings.nobody') : nameOf(options.people, id),
    team: teamName,
    account: (id: string) => nameOf(options.accounts, id),
    environment: (id: string) => t(`environment.${id}`),
    control: (id: string) => id,
    framework: (id: string) => new Map<string, string>(Object.entries(frameworkNames)).get(id) ?? id,
    category: (id: string) => t(`category.${id}`),
    tag: (id: string) => id,
    package: (id: string) => id,
    resource: (id: string) => shortResource(id),
    resourceType: (id: string) => id,
    source: (id: string) => t(`source.${id}`),
  } as const
  type Key = keyof typeof words
  const lists = Object.keys(words).flatMap(name => {
    const key = name as Key
    const values: readonly string[] = filter[key]
    return values.map<ActiveFilter>(value => ({
      key: `${key}-${value}`,
      label: t('findings.chip', { name: t(`findings.columns.${key}`), value: visibleText(words[key](value)) }),
      href: findingsHref({ ...filter, [key]: values.filter(other => other !== value) }),
    }))
  })
  const single: ActiveFilter[] = []
  if (filter.overdue) {
    single.push({ key: 'overdue', label: t('findings.overdue'), href: findingsHref({ ...filter, overdue: false }) })
  }
  for (const urgency of urgencies) {
    if (!isChosen(filter, urgency)) continue
    single.push({
      key: urgency,
      label:
        urgency === 'likely' ? t('findings.epssFrom', { percent: filter.epss ?? 0 }) : t(`findings.urgency.${urgency}`),
      href: findingsHref({ ...filter, ...(urgency === 'likely' ? { epss: null } : { [urgency]: false }) }),
    })
  }
  for (const [key, day] of [
    ['observedFrom', filter.observedFrom] as const,
    ['observedTo', filter.observedTo] as const,
    ['lastObservedFrom', filter.lastObservedFrom] as const,
    ['lastObservedTo', filter.lastObservedTo] as const,
  ]) {
    if (day === null) continue
    single.push({ key, label: t(`findings.ages.${key}`, { day }), href: findingsHref({ ...filter, [key]: null }) })
  }
  if (filter.import) {
    single.push({
      key: 'import',
      label: filter.change
        ? t('findings.ofImport', { id: filter.import, change: t(`imports.counts.${filter.change}`) })
        : t('findings.chip', { name: t('findings.columns.import'), value: String(filter.import) }),
      href: findingsHref({ ...filter, import: null, change: null }),
    })
  }
  if (filter.unconfirmed) {
    single.push({
      key: 'unconfirmed',
      label: t('findings.unconfirmed'),
      href: findingsHref({ ...filter, unconfirmed: false }),
    })
  }
  if (filter.changeset) {
    single.push({
      key: 'changeset',
      label: t(filter.leftBy ? 'changes.chipLeft' : 'changes.chip'),
      href: findingsHref({ ...filter, changeset: null, leftBy: null }),
    })
  }
  if (filter.exception) {
    single.push({
      key: 'exception',
      label: t('exceptions.number', { id: filter.exception }),
      href: findingsHref({ ...filter, exception: null }),
    })
  }
  if (filter.text) {
    single.push({
      key: 'text',
      label: t('findings.chip', { name: t('common.search'), value: visibleText(filter.text) }),
      href: findingsHref({ ...filter, text: '' }),
    })
  }
  return <FilterChips filters={[...single, ...lists]} clear={findingsHref({ sort: filter.sort })} />
}
