'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { dayOf } from '@/lib/domain/policies/due'
import { Select } from '../../ui/forms/select'

type Dates = Pick<FindingFilter, 'observedFrom' | 'observedTo' | 'lastObservedFrom' | 'lastObservedTo'>

/** Days since the first observation, and since the last one: up to, or over so many. */
const ages = [
  'within7',
  'over7',
  'over14',
  'over30',
  'over90',
  'over365',
  'reported1',
  'unreported7',
  'unreported30',
] as const
const DAY = 86_400_000
const fields = {
  within: 'observedFrom',
  over: 'observedTo',
  reported: 'lastObservedFrom',
  unreported: 'lastObservedTo',
} as const

/**
 * The days, in the organization's zone, between which problems of an age were first or last observed; without limits for anything
 * else.
 */
export function observedAt(age: string, now: Date, timeZone: string): Dates {
  const [, kind, days] = /^(within|over|reported|unreported)(\d+)$/.exec(age) ?? []
  const day = dayOf(new Date(now.getTime() - Number(days ?? 0) * DAY), timeZone)
  const of = (name: keyof typeof fields) => (kind === name ? day : null)
  return {
    observedFrom: of('within'),
    observedTo: of('over'),
    lastObservedFrom: of('reported'),
    lastObservedTo: of('unreported'),
  }
}

interface AgeSelectProps {
  filter: FindingFilter
  onChange: (change: Dates) => void
}

/** Filters by the first or last observation of a problem. Chosen ages become dates, so that a link shows the same findings later. */
export function AgeSelect({ filter, onChange }: AgeSelectProps) {
  const t = useTranslations('findings.ages')
  const timeZone = useTimeZone() ?? 'UTC'
  const dated = Object.values(fields).some(field => filter[field] !== null)
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
