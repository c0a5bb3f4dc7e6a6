'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { Clock } from '@/lib/domain/policies/clock'
import type { DuePolicy, SaveDuePolicy } from '@/lib/domain/policies/due-policy'
import type { DuePolicyView, DuePreview } from '@/lib/domain/policies/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { usePreview } from '../settings/use-preview'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/forms/checkbox'
import { Select } from '../ui/forms/select'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'
import { CalendarFields } from './calendar-fields'
import { sections, toCells, toLimits } from './deadline-cells'
import { DeadlineTable } from './deadline-table'
import { ExploitedFields } from './exploited-fields'

interface DuePolicyFormProps {
  view: DuePolicyView
  preview: (input: DuePolicy) => Promise<ActionResult<DuePreview>>
  save: (input: z.input<typeof SaveDuePolicy>) => Promise<ActionResult<unknown>>
}

const countingOf = ({ unit, holidays, clock, calendar, exploited }: DuePolicy) => ({
  unit,
  holidays,
  clock,
  calendar,
  exploited,
})

/** Deadlines by class, severity and environment and the calendar, with a preview before a change is saved. */
export function DuePolicyForm({ view, preview, save }: DuePolicyFormProps) {
  const t = useTranslations()
  const format = useFormatter()
  const [cells, setCells] = useState(() => toCells(view.policy))
  const [unit, setUnit] = useState(view.policy.unit)
  const [holidays, setHolidays] = useState(view.policy.holidays)
  const [clock, setClock] = useState(view.policy.clock)
  const [exploited, setExploited] = useState(view.policy.exploited)
  const [calendar, setCalendar] = useState(view.policy.calendar)
  const look = usePreview(preview)
  const { shown } = look
  const form = useAction(save, () => {
    look.hide()
    sayDone(t('settings.due-dates.saved'))
  })
  const policy: DuePolicy = { unit, holidays, clock, calendar, exploited, ...toLimits(cells) }
  const { policy: saved } = view
  const same = JSON.stringify(policy) === JSON.stringify({ ...countingOf(saved), ...toLimits(toCells(saved)) })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (shown) form.submit({ policy, seen: view.version })
    else look.submit(policy)
  }
  const error = form.errorOf('') ?? look.errorOf('') ?? form.otherError('') ?? look.otherError('')
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
      {sections.map(section => (
        <DeadlineTable
          key={section}
          section={section}
          cells={cells}
          onChange={(cell, value) => {
            setCells({ ...cells, [cell]: value })
            look.hide()
          }}
        />
      ))}
      <ExploitedFields
        policy={exploited}
        onChange={changed => {
          setExploited(changed)
          look.hide()
        }}
      />
      <Panel title={t('settings.due-dates.counting')}>
        <div className="flex flex-wrap items-end gap-4">
          <Select
            label={t('settings.due-dates.clock')}
            value={clock}
            options={Clock.options.map(id => ({ id, label: t(`settings.due-dates.clocks.${id}`) }))}
            onChange={id => {
              setClock(Clock.options.find(each => each === id) ?? clock)
              look.hide()
            }}
          />
          <Select
            label={t('settings.due-dates.unit')}
            value={unit}
            options={[
              { id: 'calendar', label: t('settings.due-dates.units.calendar') },
              { id: 'working', label: t('settings.due-dates.units.working') },
            ]}
            onChange={id => {
              setUnit(id === 'working' ? 'working' : 'calendar')
              look.hide()
            }}
          />
          <Checkbox
            label={t('settings.due-dates.holidays')}
            checked={holidays}
            onChange={on => {
              setHolidays(on)
              look.hide()
            }}
          />
        </div>
        <p className="mt-2 text-muted text-xs">{t('settings.due-dates.clockHint')}</p>
        <p className="mt-2 mb-3 text-muted text-xs">{t('settings.due-dates.countingHint')}</p>
        <CalendarFields
          calendar={view.policy.calendar}
          onChange={changed => {
            setCalendar(changed)
            look.hide()
          }}
        />
      </Panel>
      <div role="status">
        {shown ? (
          <Panel title={t('settings.due-dates.preview')}>
            <p className="font-semibold">{t('settings.due-dates.moves', { count: shown.moved })}</p>
            <p>{t('settings.due-dates.becomeOverdue', { count: shown.becomeOverdue })}</p>
            <p>{t('settings.due-dates.noLongerOverdue', { count: shown.noLongerOverdue })}</p>
            <p className="text-muted">{t('settings.due-dates.unmoved', { count: shown.unmoved })}</p>
          </Panel>
        ) : null}
      </div>
      <FormError message={error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" isDisabled={same} isPending={look.pending || form.pending}>
          {t(shown ? 'common.save' : 'settings.due-dates.show')}
        </Button>
        {view.changedAt ? (
          <span className="text-muted text-xs">
            {t('settings.due-dates.changedBy', {
              name: view.changedBy ?? '',
              time: format.dateTime(view.changedAt, { dateStyle: 'medium', timeStyle: 'short' }),
            })}{' '}
            {view.moving
              ? t('settings.due-dates.moving', { count: view.moved })
              : t('settings.due-dates.movedAll', { count: view.moved })}
          </span>
        ) : null}
      </div>
    </form>
  )
}
