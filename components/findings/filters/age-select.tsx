'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { dayOf } from '@/lib/domain/policies/due'
import { Select } from '../../ui/forms/select'

/** Days since the first observation: up to, or over so many. */
const ages = ['within7', 'over30', 'over90', 'over365'] as const

const DAY = 86_400_000

/** The days, in the organization's zone, between which problems of an age were first observed; without limits for anything else. */
export function observedAt(
  age: string,
  now: Date,
  timeZone: string,
): Pick<FindingFilter, 'observedFrom' | 'observedTo'> {
  const [, kind, days] = /^(within|over)(\d+)$/.exec(age) ?? []
  const day = dayOf(new Date(now.getTime() - Number(days ?? 0) * DAY), timeZone)
  return { observedFrom: kind === 'within' ? day : null, observedTo: kind === 'over' ? day : null }
}

interface AgeSelectProps {
  filter: FindingFilter
  onChange: (change: { observedFrom: string | null; observedTo: string | null }) => void
}

/** Filters by the age of a problem at its source. Chosen ages become dates, so that a link shows the same findings later. */
export function AgeSelect({ filter, onChange }: AgeSelectProps) {
  const t = useTranslations('findings.ages')
  const dated = filter.observedFrom !== null || filter.observedTo !== null
  const timeZone = useTimeZone() ?? 'UTC'
  return (
    <Select
      label={t('name')}
      hideLabel
      compact
      value={dated ? 'chosen' : 'any'}
      options={[
        { id: 'any', label: t('any') },
        ...(dated ? [{ id: 'chosen', label: t('chosen') }] : []),
        ...ages.map(id => ({ id: id as string, label: t(id) })),
      ]}
      onChange={id => onChange(observedAt(id, new Date(), timeZone))}
    />
  )
}
