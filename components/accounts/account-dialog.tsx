'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState, useTransition } from 'react'
import type { RegisterAccount } from '@/lib/domain/accounts/filter'
import type { DecidedBy, RuledField } from '@/lib/domain/accounts/rules'
import { defaultTeamOf, environments, type TeamId } from '@/lib/domain/people/team'
import { FormError } from '../settings/form-error'
import { useTeamOptions, useTeams } from '../teams/teams-context'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/forms/checkbox'
import { Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone } from '../ui/overlays/toasts'
import { RuleChoice } from './rules/rule-choice'
import { tagsToText, textToTags } from './tags-text'

export interface AccountValues extends Pick<RegisterAccount, 'id' | 'name' | 'environment' | 'tags'> {
  ownerTeam: TeamId
  itScope: boolean
  /** Fields that the account rules decide again. */
  follow?: RuledField[]
}

interface AccountDialogProps {
  /** The account to change; null to register one. */
  account: AccountValues | null
  /** Which of its fields a rule or a person decided. */
  decidedBy?: DecidedBy
  save: (values: AccountValues) => Promise<ActionResult<unknown>>
}

const FIELDS = ['id', 'name', 'environment', 'ownerTeam', 'tags']
const EMPTY = { id: '', name: '', environment: null, tags: {}, itScope: false }

/** The button and the form that register or edit an account. */
export function AccountDialog({ account, decidedBy = {}, save }: AccountDialogProps) {
  const t = useTranslations()
  const teams = useTeams()
  const start: AccountValues = account ?? { ...EMPTY, ownerTeam: defaultTeamOf(teams, 'infrastructure') }
  const [open, setOpen] = useState(false)
  const [values, setValues] = useState(start)
  const [tags, setTags] = useState(tagsToText(start.tags))
  /** Errors by field; under "" those of no field. */
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const teamOptions = useTeamOptions([values.ownerTeam])
  const [pending, startSaving] = useTransition()
  const errorOf = (field: string) => Object.entries(errors).find(([path]) => path.split('.')[0] === field)?.[1] ?? null
  const otherError = Object.entries(errors).find(([path]) => !FIELDS.includes(path.split('.')[0] ?? ''))?.[1]

  function show(next: boolean) {
    if (next) {
      setValues(start)
      setTags(tagsToText(start.tags))
      setErrors({})
    }
    setOpen(next)
  }
  function set(change: Partial<AccountValues>) {
    setValues({ ...values, ...change })
    setErrors({})
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const parsed = textToTags(tags)
    const found = {
      ...(/^\d{12}$/.test(values.id) ? {} : { id: t('account.idBroken') }),
      ...(parsed ? {} : { tags: t('account.tagsBroken') }),
    }
    setErrors(found)
    if (!parsed || Object.keys(found).length > 0) return
    startSaving(async () => {
      try {
        const result = await save({ ...values, tags: parsed })
        if (!result.ok) {
          setErrors(result.fields ?? { [result.field ?? '']: result.message })
          return
        }
        setOpen(false)
        sayDone(t('common.saved'))
      } catch {
        setErrors({ '': t('common.failedNow') })
      }
    })
  }
  return (
    <>
      <Button variant={account ? 'secondary' : 'primary'} onPress={() => show(true)}>
        {t(account ? 'account.edit' : 'accounts.register')}
      </Button>
      <Dialog title={t(account ? 'account.edit' : 'accounts.register')} open={open} onOpenChange={show}>
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-3">
          {account ? null : (
            <TextField
              label={t('account.id')}
              inputMode="numeric"
              maxLength={12}
              required
              value={values.id}
              onChange={id => set({ id: id.trim() })}
              error={errorOf('id')}
            />
          )}
          <TextField
            label={t('account.name')}
            maxLength={200}
            value={values.name}
            onChange={name => set({ name })}
            error={errorOf('name')}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            <Select
              label={t('accounts.columns.environment')}
              value={values.environment ?? 'unset'}
              options={['unset' as const, ...environments].map(id => ({ id, label: t(`environment.${id}`) }))}
              onChange={id => set({ environment: environments.find(known => known === id) ?? null })}
              error={errorOf('environment')}
            />
            <Select
              label={t('accounts.columns.team')}
              value={values.ownerTeam}
              options={teamOptions}
              onChange={ownerTeam => set({ ownerTeam })}
              error={errorOf('ownerTeam')}
            />
          </div>
          <Checkbox
            label={t('account.itScope')}
            description={t('account.itScopeHint')}
            checked={values.itScope}
            onChange={itScope => set({ itScope })}
          />
          <RuleChoice decidedBy={decidedBy} follow={values.follow ?? []} onChange={follow => set({ follow })} />
          <TextField
            label={t('account.tags')}
            description={t('account.tagsHint')}
            rows={3}
            value={tags}
            onChange={text => {
              setTags(text)
              setErrors({})
            }}
            error={errorOf('tags')}
          />
          <FormError message={otherError ?? null} />
          <DialogActions>
            <Button onPress={() => setOpen(false)}>{t('common.cancel')}</Button>
            <Button type="submit" variant="primary" isPending={pending}>
              {t('common.save')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
