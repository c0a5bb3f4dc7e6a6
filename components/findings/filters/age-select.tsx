'use client'

import { useTranslations } from 'next-intl'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { Select } from '../../ui/forms/select'

/** Days since the first observation: up to, or over so many. */
const AGES = ['within7', 'over30', 'over90', 'over365'] as const
const DAY = 86_400_000

interface AgeSelectProps {
  filter: FindingFilter
  onChange: (change: { observedFrom: string | null; observedTo: string | null }) => void
}

/** Filters by the age of a problem at its source. Chosen ages become dates, so that a link shows the same findings later. */
export function AgeSelect({ filter, onChange }: AgeSelectProps) {
  const t = useTranslations('findings.ages')
  const dated = filter.observedFrom !== null || filter.observedTo !== null
  function choose(id: string) {
    const [, kind = '', days = ''] = /^(within|over)(\d+)$/.exec(id) ?? []
    const day = new Date(Date.now() - Number(days) * DAY).toISOString().slice(0, 10)
    onChange({ observedFrom: kind === 'within' ? day : null, observedTo: kind === 'over' ? day : null })
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
        ...AGES.map(id => ({ id: id as string, label: t(id) })),
      ]}
      onChange={choose}
    />
  )
}
