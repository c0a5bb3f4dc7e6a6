'use client'

import { useTranslations } from 'next-intl'
import { useQueryStates } from 'nuqs'
import { type FindingFilter, type FindingGrouping, findingGroupings, findingSorts } from '@/lib/domain/findings/filter'
import { Select } from '../../ui/forms/select'
import { findingParsers } from '../list/finding-params'

/** How a list of findings is grouped and sorted. */
export function ListView({ filter, group }: { filter: FindingFilter; group: FindingGrouping | null }) {
  const t = useTranslations('findings')
  const [, setQuery] = useQueryStates(findingParsers, { shallow: false, history: 'push', scroll: false })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        label={t('group')}
        hideLabel
        compact
        value={group ?? 'none'}
        options={[
          { id: 'none', label: t('groups.none') },
          ...findingGroupings.map(id => ({ id: id as string, label: t(`groups.${id}`) })),
        ]}
        onChange={id => void setQuery({ group: findingGroupings.find(each => each === id) ?? null, after: null })}
      />
      {group ? null : (
        <Select
          label={t('sort')}
          hideLabel
          compact
          value={filter.sort}
          options={findingSorts.map(id => ({ id, label: t(`sorts.${id}`) }))}
          onChange={id => void setQuery({ sort: findingSorts.find(sort => sort === id) ?? null, after: null })}
        />
      )}
    </div>
  )
}
