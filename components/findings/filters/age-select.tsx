'use client'

import { useTranslations } from 'next-intl'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { Select } from '../../ui/forms/select'

type Dates = Pick<FindingFilter, 'observedFrom' | 'observedTo' | 'lastObservedFrom' | 'lastObservedTo'>

/** Days since the first observation, and since the last one: up to, or over so many. */
const AGES = ['within7', 'over30', 'over90', 'over365'] as const
const REPORTS = ['reported1', 'unreported7', 'unreported30'] as const
const DAY = 86_400_000
const NONE: Dates = { observedFrom: null, observedTo: null, lastObservedFrom: null, lastObservedTo: null }

const FIELDS = {
  within: 'observedFrom',
  over: 'observedTo',
  reported: 'lastObservedFrom',
  unreported: 'lastObservedTo',
} as const

interface AgeSelectProps {
  filter: FindingFilter
  onChange: (change: Dates) => void
}

/** Filters by the first or last observation of a problem. Chosen ages become dates, so that a link shows the same findings later. */
export function AgeSelect({ filter, onChange }: AgeSelectProps) {
  const t = useTranslations('findings.ages')
  const dated = Object.values(FIELDS).some(field => filter[field] !== null)
  function choose(id: string) {
    const [, kind, days = ''] = /^(within|over|reported|unreported)(\d+)$/.exec(id) ?? []
    const field = Object.entries(FIELDS).find(([name]) => name === kind)?.[1]
    const day = new Date(Date.now() - Number(days) * DAY).toISOString().slice(0, 10)
    onChange(field ? { ...NONE, [field]: day } : NONE)
  }
  return (
    <Select
      label={t('name')}
      hideLabel
      compact
      value={dated ? 'chosen' : 'any'}
      options={[
        { id: 'any', label: t('any') },
        ...(dated ? [{ id: 'chosen', label: t('chosen') }] : []),
        ...[...AGES, ...REPORTS].map(id => ({ id: id as string, label: t(id) })),
      ]}
      onChange={choose}
    />
  )
}
