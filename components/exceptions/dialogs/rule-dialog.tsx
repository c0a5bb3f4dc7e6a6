'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { AttachmentView } from '@/lib/domain/attachments/view'
import { environments } from '@/lib/domain/people/team'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import { usePreview } from '../../settings/use-preview'
import { Button } from '../../ui/button'
import type { Option } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { FilterMenu } from '../../ui/lists/filter-menu'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { sayDone } from '../../ui/overlays/toasts'
import type { AskForRule, ShowPreview } from '../exception-actions'
import { askedIn, conditionOf, DECISION_FIELDS, DecisionFields, emptyDecision } from './decision-fields'
import { RulePreviewBox } from './rule-preview-box'

interface RuleDialogProps {
  accounts: readonly Option[]
  ask: AskForRule
  preview: ShowPreview
  /** A control in an account that the rule begins with: it covers all Regions, also later ones. */
  place?: { control: string; accountId: string }
}

const NOTHING = {
  control: '',
  accounts: [] as string[],
  environments: [] as string[],
  resource: '',
  key: '',
  value: '',
}
type Fields = typeof NOTHING

function matchOf(fields: Fields) {
  const key = fields.key.trim()
  return {
    control: fields.control.trim() || null,
    accounts: fields.accounts,
    environments: environments.filter(id => fields.environments.includes(id)),
    resource: fields.resource.trim() || null,
    tag: key === '' ? null : { key, value: fields.value.trim() || null },
  }
}

/** The button and the form to request an exception by rule, with the number of findings that it would cover. */
export function RuleDialog({ accounts, ask, preview, place }: RuleDialogProps) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  const [fields, setFields] = useState(NOTHING)
  const [decision, setDecision] = useState(emptyDecision)
  const [files, setFiles] = useState<readonly AttachmentView[]>([])
  const count = usePreview(preview)
  const { shown } = count
  const form = useAction(ask, () => {
    setOpen(false)
    sayDone(t('exceptions.asked'))
  })
  function set(change: Partial<Fields>) {
    setFields({ ...fields, ...change })
    count.hide()
  }
  const rule = () => ({ match: matchOf(fields), condition: conditionOf(decision) })
  function submit(event: FormEvent) {
    event.preventDefault()
    // A rule cannot be requested before its preview was shown.
    if (!shown) return count.submit(rule())
    form.submit({ ...askedIn(decision, files), ...rule() })
  }
  const matchError = form.errorOf('match') ?? count.errorOf('match')
  return (
    <>
      <Button
        variant={place ? 'ghost' : 'primary'}
        {...(place ? { size: 'sm' as const } : {})}
        onPress={() => {
          setFields(place ? { ...NOTHING, control: place.control, accounts: [place.accountId] } : NOTHING)
          setDecision(emptyDecision)
          setFiles([])
          count.hide()
          form.clear()
          count.clear()
          setOpen(true)
        }}
      >
        {t(place ? 'exceptions.askRegions' : 'exceptions.newRule')}
      </Button>
      <Dialog title={t(place ? 'exceptions.askRegions' : 'exceptions.newRule')} open={open} onOpenChange={setOpen}>
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
          <fieldset className="flex flex-col gap-3">
            <legend className="mb-1 font-medium">{t('exceptions.match')}</legend>
            <p className="text-muted text-xs">{t(place ? 'exceptions.regionsHint' : 'exceptions.matchHint')}</p>
            <div className="grid gap-3 sm:grid-cols-2">
              <TextField
                label={t('findings.columns.control')}
                placeholder="S3.*"
                maxLength={300}
                value={fields.control}
                onChange={control => set({ control })}
              />
              <TextField
                label={t('exceptions.resource')}
                placeholder="arn:aws:s3:::site-*"
                maxLength={300}
                value={fields.resource}
                onChange={resource => set({ resource })}
              />
              <TextField
                label={t('exceptions.tagKey')}
                maxLength={128}
                value={fields.key}
                onChange={key => set({ key })}
              />
              <TextField
                label={t('exceptions.tagValueLabel')}
                maxLength={256}
                placeholder={t('exceptions.anyValue')}
                value={fields.value}
                onChange={value => set({ value })}
              />
            </div>
            <div className="flex flex-wrap gap-2">
              <FilterMenu
                label={t('findings.columns.account')}
                options={accounts}
                chosen={fields.accounts}
                onChange={ids => set({ accounts: ids })}
              />
              <FilterMenu
                label={t('findings.columns.environment')}
                options={environments.map(id => ({ id, label: t(`environment.${id}`) }))}
                chosen={fields.environments}
                onChange={ids => set({ environments: ids })}
              />
            </div>
            <FormError message={matchError} />
          </fieldset>
          <DecisionFields
            value={decision}
            onChange={value => {
              setDecision(value)
              if (JSON.stringify(conditionOf(value)) !== JSON.stringify(conditionOf(decision))) count.hide()
            }}
            errorOf={form.errorOf}
            files={files}
            onFiles={setFiles}
          />
          <div role="status">{shown ? <RulePreviewBox preview={shown} /> : null}</div>
          <FormError message={form.otherError(...DECISION_FIELDS, 'match') ?? count.otherError('match')} />
          <DialogActions>
            <Button onPress={() => setOpen(false)}>{t('common.cancel')}</Button>
            <Button type="submit" variant="primary" isPending={form.pending || count.pending}>
              {t(shown ? 'exceptions.askDo' : 'exceptions.preview')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
