'use client'

import { useTranslations } from 'next-intl'
import { useId } from 'react'

const CHOICES = ['partial', 'complete'] as const

interface CoverageChoiceProps {
  value: (typeof CHOICES)[number]
  onChange: (value: (typeof CHOICES)[number]) => void
  /** Whether the sender may send complete reports and close findings. */
  mayClose: boolean
}

/** Whether a report is complete, so that findings that it lacks are resolved. */
export function CoverageChoice({ value, onChange, mayClose }: CoverageChoiceProps) {
  const t = useTranslations('imports')
  const id = useId()
  function hintOf(choice: (typeof CHOICES)[number]): string {
    if (mayClose) return t(`coverageHint.${choice}`)
    if (choice === 'complete') return t('coverageHint.completeNotAllowed')
    return `${t('coverageHint.partial')} ${t('coverageHint.withoutEffect')}`
  }
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
            disabled={choice === 'complete' && !mayClose}
            onChange={() => onChange(choice)}
            aria-describedby={`${id}-${choice}-hint`}
            className="mt-1 size-4 shrink-0 accent-accent"
          />
          <div>
            <label htmlFor={`${id}-${choice}`} className="cursor-pointer font-semibold">
              {t(`coverage.${choice}`)}
            </label>
            <p id={`${id}-${choice}-hint`} className="text-muted text-xs">
              {hintOf(choice)}
            </p>
          </div>
        </div>
      ))}
    </fieldset>
  )
}
