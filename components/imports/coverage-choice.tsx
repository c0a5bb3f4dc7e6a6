'use client'

import { useTranslations } from 'next-intl'
import { useId } from 'react'

const CHOICES = ['partial', 'complete'] as const

interface CoverageChoiceProps {
  value: (typeof CHOICES)[number]
  onChange: (value: (typeof CHOICES)[number]) => void
}

/** Whether a report tells of everything, so that what it no longer names is gone. */
export function CoverageChoice({ value, onChange }: CoverageChoiceProps) {
  const t = useTranslations('imports')
  const id = useId()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-muted text-xs">{t('coverageTitle')}</legend>
      {CHOICES.map(choice => (
        <div key={choice} className="flex gap-2">
          <input
            type="radio"
            id={`${id}-${choice}`}
            name={id}
            checked={value === choice}
            onChange={() => onChange(choice)}
            aria-describedby={`${id}-${choice}-hint`}
            className="mt-1 size-4 shrink-0 accent-accent"
          />
          <div>
            <label htmlFor={`${id}-${choice}`} className="cursor-pointer font-semibold">
              {t(`coverage.${choice}`)}
            </label>
            <p id={`${id}-${choice}-hint`} className="text-muted text-xs">
              {t(`coverageHint.${choice}`)}
            </p>
          </div>
        </div>
      ))}
    </fieldset>
  )
}
