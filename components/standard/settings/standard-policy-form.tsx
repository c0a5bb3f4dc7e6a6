'use client'

import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { numericLimits } from '@/lib/domain/standard/limits'
import { standardRow } from '@/lib/domain/standard/rows'
import type { SaveStandardPolicy, StandardPolicy, StandardSwitch } from '@/lib/domain/standard/settings'
import type { Changed } from '@/lib/domain/standard/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { Panel } from '../../ui/layout/panel'
import { sayDone } from '../../ui/overlays/toasts'
import { ChangedBy } from './changed-by'
import { SwitchDialog } from './switch-dialog'

interface StandardPolicyFormProps {
  view: Changed<StandardPolicy>
  save: (input: z.input<typeof SaveStandardPolicy>) => Promise<ActionResult<unknown>>
}

/** Limits, and the checks that are switched off. Every change of the latter is saved at once. */
export function StandardPolicyForm({ view, save }: StandardPolicyFormProps) {
  const t = useTranslations('settings.standard')
  const tCommon = useTranslations('common')
  const { limits, off } = view.value
  const [numbers, setNumbers] = useState(() => new Map(numericLimits.map(name => [name, String(limits[name])])))
  const [tags, setTags] = useState(limits.accountTags.join(', '))
  const [domains, setDomains] = useState(limits.contactDomains.join(', '))
  const [adding, setAdding] = useState(false)
  const form = useAction(save, () => {
    setAdding(false)
    sayDone(tCommon('saved'))
  })
  const switches = useAction(save, () => {
    setAdding(false)
    sayDone(tCommon('saved'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    const given = Object.fromEntries(numericLimits.map(name => [name, count(numbers.get(name) ?? '')]))
    const next = { ...limits, ...given, accountTags: namesIn(tags), contactDomains: namesIn(domains) }
    form.submit({ policy: { limits: next, off }, seen: view.version })
  }
  const switchTo = (next: StandardSwitch[]) => switches.submit({ policy: { limits, off: next }, seen: view.version })
  return (
    <>
      <Panel title={t('limits')} aside={<ChangedBy view={view} />}>
        <form onSubmit={submit} noValidate className="flex flex-col gap-4">
          <p className="text-muted text-xs">{t('limitsHint')}</p>
          <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {numericLimits.map(name => (
              <TextField
                key={name}
                label={t(`fields.${name}`)}
                inputMode="numeric"
                required
                value={numbers.get(name) ?? ''}
                onChange={value => setNumbers(new Map(numbers).set(name, value))}
              />
            ))}
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label={t('fields.accountTags')}
              description={t('listHint')}
              value={tags}
              onChange={setTags}
              maxLength={2000}
            />
            <TextField
              label={t('fields.contactDomains')}
              description={t('contactHint')}
              value={domains}
              onChange={setDomains}
              maxLength={2000}
            />
          </div>
          <FormError message={form.otherError()} />
          <div>
            <Button type="submit" variant="primary" isPending={form.pending}>
              {tCommon('save')}
            </Button>
          </div>
        </form>
      </Panel>
      <Panel title={t('off')}>
        {off.length === 0 ? <p className="text-muted">{t('offNone')}</p> : null}
        <ul className="divide-y divide-separator">
          {off.map(each => (
            <SwitchRow
              key={`${each.check} ${each.environment}`}
              off={each}
              pending={switches.pending}
              onRemove={() => switchTo(off.filter(other => other !== each))}
            />
          ))}
        </ul>
        <FormError message={adding ? null : switches.otherError()} />
        <div className="mt-2">
          <Button onPress={() => setAdding(true)}>{t('offAdd')}</Button>
        </div>
        {adding ? (
          <SwitchDialog
            taken={off}
            pending={switches.pending}
            error={switches.otherError()}
            onDone={added => switchTo([...off, added])}
            onClose={() => setAdding(false)}
          />
        ) : null}
      </Panel>
    </>
  )
}

interface SwitchRowProps {
  off: StandardSwitch
  pending: boolean
  onRemove: () => void
}

function SwitchRow({ off: { check, environment, reason }, pending, onRemove }: SwitchRowProps) {
  const t = useTranslations()
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  const title = standardRow(check)?.title[locale] ?? check
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <span className="flex min-w-48 flex-1 flex-col">
        <span className="font-semibold">{title}</span>
        <span className="text-muted text-xs">{visibleText(reason)}</span>
      </span>
      <span>{environment === null ? t('settings.standard.everywhere') : t(`environment.${environment}`)}</span>
      <Button
        size="sm"
        variant="ghost"
        isDisabled={pending}
        aria-label={t('settings.standard.offRemoveOf', { check: title })}
        onPress={onRemove}
      >
        {t('settings.standard.offRemove')}
      </Button>
    </li>
  )
}

/** An empty field is no number, not zero. */
function count(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
}

function namesIn(text: string): string[] {
  return text
    .split(/[,、\n]/)
    .map(name => name.trim())
    .filter(name => name !== '')
}
