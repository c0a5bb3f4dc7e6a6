'use client'

import { useTranslations } from 'next-intl'
import { type SourceId, sourceIds } from '@/lib/domain/imports/outcome'
import { Checkbox } from '../../ui/forms/checkbox'

interface SourceFieldsProps {
  /** Null for every source. */
  value: readonly SourceId[] | null
  onChange: (sources: SourceId[] | null) => void
  error: string | null
}

/** Reports of every source, or only of the selected ones. */
export function SourceFields({ value, onChange, error }: SourceFieldsProps) {
  const t = useTranslations()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{t('settings.tokens.sourceLimit.title')}</legend>
      <Checkbox
        label={t('settings.tokens.sourceLimit.limit')}
        checked={value !== null}
        onChange={limited => onChange(limited ? [] : null)}
      />
      {value ? (
        <ul className="grid gap-x-4 gap-y-1 ps-6 sm:grid-cols-2">
          {sourceIds.map(id => (
            <li key={id}>
              <Checkbox
                label={t(`source.${id}`)}
                checked={value.includes(id)}
                onChange={on => onChange(sourceIds.filter(known => (known === id ? on : value.includes(known))))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      {error ? (
        <p role="alert" className="text-bad text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}
