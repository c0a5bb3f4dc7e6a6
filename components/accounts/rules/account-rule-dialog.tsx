'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { AccountRule, type RuleChoices, ruledFields } from '@/lib/domain/accounts/rules'
import { environments } from '@/lib/domain/people/team'
import type { RulePlace } from '../../policies/rules-form'
import { useTeamOptions } from '../../teams/teams-context'
import { Button } from '../../ui/button'
import { type Option, Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { type RuleTrialProps, RuleTrialResult } from './rule-trial'

export const emptyAccountRule: AccountRule = {
  name: '',
  unit: null,
  tag: null,
  environment: null,
  ownerTeam: null,
  itScope: null,
}

interface AccountRuleDialogProps {
  start: AccountRule
  place: RulePlace<AccountRule>
  choices: RuleChoices
  tryRule: RuleTrialProps['tryRule']
  onTried: RuleTrialProps['onTried']
  onDone: (rule: AccountRule) => void
  onClose: () => void
}

const KEEP = 'keep'
/** No unit is written like this. */
const ANY_UNIT = '/'

/** Edits one rule, and shows the accounts that it selects and changes. */
export function AccountRuleDialog(props: AccountRuleDialogProps) {
  const { start, place, choices, tryRule, onTried, onDone, onClose } = props
  const t = useTranslations()
  const [rule, setRule] = useState(start)
  const [texts, setTexts] = useState({
    unit: start.unit ?? ANY_UNIT,
    key: start.tag?.key ?? '',
    value: start.tag?.value ?? '',
  })
  const [missing, setMissing] = useState<readonly ('name' | 'selects' | 'sets')[]>([])
  const teams = useTeamOptions(rule.ownerTeam ? [rule.ownerTeam] : [])
  const keep = { id: KEEP, label: t('settings.account-rules.keep') }
  const text = (field: keyof typeof texts) => ({
    value: texts[field],
    onChange: (value: string) => {
      setTexts({ ...texts, [field]: value })
      setMissing([])
    },
  })
  function set(change: Partial<AccountRule>) {
    setRule({ ...rule, ...change })
    setMissing([])
  }
  const key = texts.key.trim()
  const unit = texts.unit === ANY_UNIT ? null : texts.unit
  const tag = key ? { key, value: texts.value.trim() || null } : null
  function submit(event: FormEvent) {
    event.preventDefault()
    const lacking = [
      ...(rule.name.trim() === '' ? (['name'] as const) : []),
      ...(unit === null && tag === null ? (['selects'] as const) : []),
      ...(ruledFields.every(field => rule[field] === null) ? (['sets'] as const) : []),
    ]
    if (lacking.length > 0) return setMissing(lacking)
    const parsed = AccountRule.safeParse({ ...rule, unit, tag })
    return parsed.success ? onDone(parsed.data) : setMissing(['selects'])
  }
  return (
    <Dialog title={t('settings.routing.rule')} open onOpenChange={open => (open ? undefined : onClose())}>
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <TextField
          label={t('settings.routing.name')}
          required
          maxLength={100}
          value={rule.name}
          onChange={name => set({ name })}
          error={missing.includes('name') ? t('settings.routing.nameMissing') : null}
        />
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-1 font-medium">{t('settings.account-rules.selects')}</legend>
          <Select
            label={t('settings.account-rules.unit')}
            description={t(
              choices.units.length > 0 ? 'settings.account-rules.unitHint' : 'settings.account-rules.noUnits',
            )}
            options={[{ id: ANY_UNIT, label: t('settings.account-rules.anyUnit') }, ...unitOptions(choices, start)]}
            error={missing.includes('selects') ? t('errors.accountRuleSelects') : null}
            {...text('unit')}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              label={t('settings.routing.tagKey')}
              maxLength={128}
              suggestions={Object.keys(choices.tags)}
              {...text('key')}
            />
            <TextField
              label={t('exceptions.tagValueLabel')}
              maxLength={256}
              placeholder={t('exceptions.anyValue')}
              suggestions={Object.hasOwn(choices.tags, key) ? (choices.tags[key] ?? []) : []}
              {...text('value')}
            />
          </div>
        </fieldset>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-1 font-medium">{t('settings.account-rules.sets')}</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            <Select
              label={t('accounts.columns.environment')}
              value={rule.environment ?? KEEP}
              options={[keep, ...environments.map(id => ({ id: id as string, label: t(`environment.${id}`) }))]}
              onChange={id => set({ environment: environments.find(known => known === id) ?? null })}
              error={missing.includes('sets') ? t('errors.accountRuleSets') : null}
            />
            <Select
              label={t('accounts.columns.team')}
              value={rule.ownerTeam ?? KEEP}
              options={[keep, ...teams]}
              onChange={id => set({ ownerTeam: id === KEEP ? null : id })}
            />
            <Select
              label={t('account.itScope')}
              value={rule.itScope === null ? KEEP : rule.itScope ? 'in' : 'out'}
              options={[
                keep,
                ...(['in', 'out'] as const).map(id => ({ id: id as string, label: t(`account.itScopes.${id}`) })),
              ]}
              onChange={id => set({ itScope: id === KEEP ? null : id === 'in' })}
            />
          </div>
        </fieldset>
        <RuleTrialResult draft={{ ...rule, unit, tag }} place={place} tryRule={tryRule} onTried={onTried} />
        <DialogActions>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary">
            {t('settings.routing.done')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** The known units, those below others further in; and the one of the rule, should it be gone. */
function unitOptions({ units }: RuleChoices, { unit }: AccountRule): Option[] {
  const all = unit === null || units.includes(unit) ? units : [...units, unit]
  return all.map(path => ({ id: path, label: path.replaceAll('/', ' / ') }))
}
