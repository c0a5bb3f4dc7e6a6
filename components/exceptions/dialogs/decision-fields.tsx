'use client'

import { useTranslations } from 'next-intl'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { type ExceptionKind, exceptionKinds } from '@/lib/domain/exceptions/exception'
import { REVIEW_DAYS } from '@/lib/domain/exceptions/review'
import { severities } from '@/lib/domain/findings/severity'
import { FileField } from '../../attachments/file-field'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'

export interface Decision {
  kind: ExceptionKind
  reason: string
  until: string
  tagKey: string
  tagValue: string
  severityAtMost: string
  controls: string
  ticket: string
  reviewOn: string
}

export const emptyDecision: Decision = {
  kind: 'accepted',
  reason: '',
  until: '',
  tagKey: '',
  tagValue: '',
  severityAtMost: '',
  controls: '',
  ticket: '',
  reviewOn: '',
}

/** The condition in the fields. */
export function conditionOf({ tagKey, tagValue, severityAtMost }: Decision) {
  const key = tagKey.trim()
  return {
    tag: key === '' ? null : { key, value: tagValue.trim() || null },
    severityAtMost: severities.find(severity => severity === severityAtMost) ?? null,
  }
}

/** What the fields ask for, beside the condition. */
export function askedIn(value: Decision, files: readonly AttachmentView[]) {
  const { kind, reason, until, controls } = value
  const [ticket, reviewOn] = [value.ticket.trim() || null, value.reviewOn || null]
  return { kind, reason, until, controls, ticket, reviewOn, evidence: files.map(file => file.id) }
}

/** The names of the fields, whose errors are shown beside them. */
export const DECISION_FIELDS = ['reason', 'until', 'condition', 'controls', 'ticket', 'reviewOn', 'evidence'] as const

interface DecisionFieldsProps {
  value: Decision
  onChange: (value: Decision) => void
  errorOf: (field: string) => string | null
  files: readonly AttachmentView[]
  onFiles: (change: (files: readonly AttachmentView[]) => readonly AttachmentView[]) => void
}

/** Kind, reason, last day, compensating controls, ticket, evidence, review and condition of an exception. */
export function DecisionFields({ value, onChange, errorOf, files, onFiles }: DecisionFieldsProps) {
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
      <TextField
        label={t('exceptions.controls')}
        rows={2}
        maxLength={4000}
        value={value.controls}
        onChange={controls => set({ controls })}
        error={errorOf('controls')}
        description={t('exceptions.controlsHint')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('exceptions.ticket')}
          maxLength={300}
          value={value.ticket}
          onChange={ticket => set({ ticket })}
          error={errorOf('ticket')}
          description={t('exceptions.ticketHint')}
        />
        <TextField
          label={t('exceptions.reviewOn')}
          type="date"
          value={value.reviewOn}
          onChange={reviewOn => set({ reviewOn })}
          error={errorOf('reviewOn')}
          description={t('exceptions.reviewHint', { days: REVIEW_DAYS })}
        />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{t('exceptions.evidence')}</legend>
        <FileField
          owner={{}}
          files={files}
          onAdd={file => onFiles(before => [...before, file])}
          onRemove={file => onFiles(before => before.filter(({ id }) => id !== file.id))}
          error={errorOf('evidence')}
        />
      </fieldset>
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
