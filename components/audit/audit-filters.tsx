'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { AuditFilter } from '@/lib/domain/people/views'
import { type Option, Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { auditHref } from './audit-href'

interface AuditFiltersProps {
  filter: AuditFilter
  actors: readonly Option[]
  actions: readonly Option[]
}

const ALL = 'all'

/** Narrows the log to one person or token, to one kind of change, or to some days. The choice is in the address. */
export function AuditFilters({ filter, actors, actions }: AuditFiltersProps) {
  const t = useTranslations('audit')
  const router = useRouter()
  function choose(change: Partial<AuditFilter>) {
    router.push(auditHref({ ...filter, ...change }))
  }
  const orNull = (id: string) => (id === ALL ? null : id)
  return (
    <div className="flex flex-wrap gap-3">
      <Select
        label={t('actor')}
        value={filter.actor ?? ALL}
        options={[{ id: ALL, label: t('everyone') }, ...actors]}
        onChange={id => choose({ actor: orNull(id) })}
        className="min-w-52"
      />
      <Select
        label={t('action')}
        value={filter.action ?? ALL}
        options={[{ id: ALL, label: t('everything') }, ...actions]}
        onChange={id => choose({ action: orNull(id) })}
        className="min-w-52"
      />
      {(['from', 'to'] as const).map(edge => (
        <TextField
          key={edge}
          label={t(edge)}
          type="date"
          value={filter[edge] ?? ''}
          onChange={day => choose({ [edge]: day || null })}
        />
      ))}
    </div>
  )
}
