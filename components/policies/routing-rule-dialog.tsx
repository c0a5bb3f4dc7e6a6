'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { categories } from '@/lib/domain/controls/categories'
import { severities } from '@/lib/domain/findings/severity'
import { sourceIds } from '@/lib/domain/imports/outcome'
import { environments } from '@/lib/domain/people/team'
import type { RoutingRule } from '@/lib/domain/policies/routing'
import { useTeamOptions } from '../teams/teams-context'
import { Button } from '../ui/button'
import { type Option, Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { FilterMenu } from '../ui/lists/filter-menu'
import { Dialog, DialogActions } from '../ui/overlays/dialog'

export const emptyRule: Omit<RoutingRule, 'team'> = {
  name: '',
  categories: [],
  control: null,
  sources: [],
  accounts: [],
  environments: [],
  tag: null,
  severityAtLeast: null,
  owner: null,
}

interface RoutingRuleDialogProps {
  start: RoutingRule
  accounts: readonly Option[]
  people: readonly Option[]
  onDone: (rule: RoutingRule) => void
  onClose: () => void
}

/** Edits one rule; an empty field matches everything. */
export function RoutingRuleDialog({ start, accounts, people, onDone, onClose }: RoutingRuleDialogProps) {
  const t = useTranslations()
  const [rule, setRule] = useState(start)
  const teams = useTeamOptions([rule.team])
  const [tag, setTag] = useState({ key: start.tag?.key ?? '', value: start.tag?.value ?? '' })
  const [missing, setMissing] = useState(false)
  const set = (change: Partial<RoutingRule>) => setRule({ ...rule, ...change })
  function submit(event: FormEvent) {
    event.preventDefault()
    const name = rule.name.trim()
    if (name === '') return setMissing(true)
    const key = tag.key.trim()
    onDone({
      ...rule,
      name,
      control: rule.control?.trim() || null,
      tag: key ? { key, value: tag.value.trim() || null } : null,
    })
  }
  return (
    <Dialog title={t('settings.routing.rule')} open onOpenChange={open => (open ? undefined : onClose())}>
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
        <TextField
          label={t('settings.routing.name')}
          required
          maxLength={100}
          value={rule.name}
          onChange={name => {
            set({ name })
            setMissing(false)
          }}
          error={missing ? t('settings.routing.nameMissing') : null}
        />
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-1 font-medium">{t('settings.routing.match')}</legend>
          <div className="flex flex-wrap gap-2">
            <FilterMenu
              label={t('settings.routing.category')}
              options={categories.map(id => ({ id, label: t(`category.${id}`) }))}
              chosen={rule.categories}
              onChange={ids => set({ categories: categories.filter(id => ids.includes(id)) })}
            />
            <FilterMenu
              label={t('findings.columns.sources')}
              options={sourceIds.map(id => ({ id, label: t(`source.${id}`) }))}
              chosen={rule.sources}
              onChange={ids => set({ sources: sourceIds.filter(id => ids.includes(id)) })}
            />
            <FilterMenu
              label={t('findings.columns.account')}
              options={accounts}
              chosen={rule.accounts}
              onChange={ids => set({ accounts: ids })}
            />
            <FilterMenu
              label={t('findings.columns.environment')}
              options={environments.map(id => ({ id, label: t(`environment.${id}`) }))}
              chosen={rule.environments}
              onChange={ids => set({ environments: environments.filter(id => ids.includes(id)) })}
            />
          </div>
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              label={t('findings.columns.control')}
              placeholder="IAM.*"
              maxLength={300}
              value={rule.control ?? ''}
              onChange={control => set({ control })}
            />
            <Select
              label={t('settings.routing.severityAtLeast')}
              value={rule.severityAtLeast ?? 'any'}
              options={[
                { id: 'any', label: t('exceptions.anySeverity') },
                ...severities.slice(0, -1).map(id => ({ id: id as string, label: t(`severity.${id}`) })),
              ]}
              onChange={id => set({ severityAtLeast: severities.find(each => each === id) ?? null })}
            />
            <TextField
              label={t('settings.routing.tagKey')}
              maxLength={128}
              value={tag.key}
              onChange={key => setTag({ ...tag, key })}
            />
            <TextField
              label={t('exceptions.tagValueLabel')}
              maxLength={256}
              placeholder={t('exceptions.anyValue')}
              value={tag.value}
              onChange={value => setTag({ ...tag, value })}
            />
          </div>
        </fieldset>
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label={t('findings.columns.team')}
            value={rule.team}
            options={teams}
            onChange={team => set({ team })}
          />
          <Select
            label={t('settings.routing.owner')}
            value={rule.owner ?? 'none'}
            options={[{ id: 'none', label: t('findings.nobody') }, ...people]}
            onChange={id => set({ owner: id === 'none' ? null : id })}
          />
        </div>
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
