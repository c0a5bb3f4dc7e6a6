'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { SaveControlSeverities } from '@/lib/domain/controls/severities'
import { type Severity, severities, severityNamed } from '@/lib/domain/findings/severity'
import type { ControlSeveritiesView } from '@/lib/domain/policies/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'

interface ControlSeveritiesFormProps {
  view: ControlSeveritiesView
  save: (input: SaveControlSeverities) => Promise<ActionResult<unknown>>
}

/** The severities that the organization sets by control. */
export function ControlSeveritiesForm({ view, save }: ControlSeveritiesFormProps) {
  const t = useTranslations()
  const format = useFormatter()
  const [own, setOwn] = useState(view.severities)
  const [control, setControl] = useState('')
  const [severity, setSeverity] = useState<Severity>('high')
  const form = useAction(save, () => sayDone(t('settings.severities.saved')))
  const name = control.trim()
  function add() {
    setOwn({ ...own, [name]: severity })
    setControl('')
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ severities: own, seen: view.version })
  }
  const options = severities.map(id => ({ id, label: t(`severity.${id}`) }))
  const rows = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
      <Panel title={t('settings.severities.own')}>
        {rows.length === 0 ? <p className="text-muted">{t('settings.severities.none')}</p> : null}
        <ul className="flex flex-col divide-y divide-separator">
          {rows.map(([id, chosen]) => (
            <li key={id} className="flex flex-wrap items-center gap-3 py-2">
              <span className="break-all font-mono">{id}</span>
              <strong className="font-semibold">{t(`severity.${chosen}`)}</strong>
              {view.replaced[id] ? (
                <span className="text-muted text-xs">
                  {t('settings.severities.replaces', { severity: t(`severity.${view.replaced[id]}`) })}
                </span>
              ) : null}
              <Button
                onPress={() => setOwn(Object.fromEntries(rows.filter(([each]) => each !== id)))}
                aria-label={t('settings.severities.removeOf', { control: id })}
              >
                {t('settings.severities.remove')}
              </Button>
            </li>
          ))}
        </ul>
        <div className="mt-3 flex flex-wrap items-end gap-3">
          <TextField label={t('settings.severities.control')} value={control} onChange={setControl} />
          <Select
            label={t('settings.severities.severity')}
            value={severity}
            options={options}
            onChange={id => setSeverity(severityNamed(id) ?? 'high')}
          />
          <Button onPress={add} isDisabled={name === ''}>
            {t('settings.severities.add')}
          </Button>
        </div>
        <p className="mt-2 text-muted text-xs">{t('settings.severities.hint')}</p>
      </Panel>
      <FormError message={form.errorOf('') ?? form.otherError('')} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          variant="primary"
          isDisabled={JSON.stringify(own) === JSON.stringify(view.severities)}
          isPending={form.pending}
        >
          {t('common.save')}
        </Button>
        {view.changedAt ? (
          <span className="text-muted text-xs">
            {t('settings.severities.changedBy', {
              name: view.changedBy ?? '',
              time: format.dateTime(view.changedAt, { dateStyle: 'medium', timeStyle: 'short' }),
            })}{' '}
            {t(view.moving ? 'settings.severities.moving' : 'settings.severities.movedAll', { count: view.moved })}
          </span>
        ) : null}
      </div>
    </form>
  )
}
