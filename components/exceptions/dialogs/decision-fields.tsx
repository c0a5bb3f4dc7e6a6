'use client'

import { useTranslations } from 'next-intl'
import { type ExceptionKind, exceptionKinds } from '@/lib/domain/exceptions/exception'
import { severities } from '@/lib/domain/findings/severity'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'

export interface Decision {
  kind: ExceptionKind
  reason: string
  until: string
  tagKey: string
  tagValue: string
  severityAtMost: string
}

export const emptyDecision: Decision = {
  kind: 'accepted',
  reason: '',
  until: '',
  tagKey: '',
  tagValue: '',
  severityAtMost: '',
}

/** The condition in the fields. */
export function conditionOf({ tagKey, tagValue, severityAtMost }: Decision) {
  const key = tagKey.trim()
  return {
    tag: key === '' ? null : { key, value: tagValue.trim() || null },
    severityAtMost: severities.find(severity => severity === severityAtMost) ?? null,
  }
}

interface DecisionFieldsProps {
  value: Decision
  onChange: (value: Decision) => void
  errorOf: (field: string) => string | null
}

/** Kind, reason, last day and condition of an exception. */
export function DecisionFields({ value, onChange, errorOf }: DecisionFieldsProps) {
  const t = useTranslations()
  const set = (change: Partial<Decision>) => onChange({ ...value, ...change })
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('exceptions.kind')}
          value={value.kind}
          options={exceptionKinds.map(id => ({ id, label: t(`status.${id}`) }))}
          onChange={id => set({ kind: exceptionKinds.find(kind => kind === id) ?? value.kind })}
        />
        <TextField
          label={t('exceptions.until')}
          type="date"
          required
          value={value.until}
          onChange={until => set({ until })}
          error={errorOf('until')}
          description={t('exceptions.untilHint')}
        />
      </div>
      <TextField
        label={t('exceptions.reason')}
        rows={3}
        required
        maxLength={4000}
        value={value.reason}
        onChange={reason => set({ reason })}
        error={errorOf('reason')}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{t('exceptions.condition')}</legend>
        <p className="text-muted text-xs">{t('exceptions.conditionHint')}</p>
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label={t('exceptions.tagKey')}
            maxLength={128}
            value={value.tagKey}
            onChange={tagKey => set({ tagKey })}
            error={errorOf('condition')}
          />
          <TextField
            label={t('exceptions.tagValueLabel')}
            maxLength={256}
            value={value.tagValue}
            onChange={tagValue => set({ tagValue })}
            placeholder={t('exceptions.anyValue')}
          />
          <Select
            label={t('exceptions.severityAtMost')}
            value={value.severityAtMost || 'any'}
            options={[
              { id: 'any', label: t('exceptions.anySeverity') },
              ...severities.slice(1).map(id => ({ id: id as string, label: t(`severity.${id}`) })),
            ]}
            onChange={id => set({ severityAtMost: id === 'any' ? '' : id })}
          />
        </div>
      </fieldset>
    </>
  )
}
