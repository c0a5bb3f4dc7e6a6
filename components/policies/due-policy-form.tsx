'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { severities } from '@/lib/domain/findings/severity'
import { environments } from '@/lib/domain/people/team'
import type { DuePolicy, SaveDuePolicy } from '@/lib/domain/policies/due-policy'
import type { DuePolicyView, DuePreview } from '@/lib/domain/policies/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/forms/checkbox'
import { Select } from '../ui/forms/select'
import { Panel } from '../ui/layout/panel'
import { ScrollArea } from '../ui/layout/scroll-area'
import { sayDone } from '../ui/overlays/toasts'
import { CalendarFields } from './calendar-fields'

interface DuePolicyFormProps {
  view: DuePolicyView
  preview: (input: DuePolicy) => Promise<ActionResult<DuePreview>>
  save: (input: z.input<typeof SaveDuePolicy>) => Promise<ActionResult<unknown>>
}

const rows = ['all', ...environments] as const
type Row = (typeof rows)[number]
type Cells = Record<string, string>

const cellOf = (row: Row, severity: string) => `${row}/${severity}`

/** Days as text. Empty means no date in the defaults and the default in an environment, where 0 means no date. */
function toCells(policy: DuePolicy): Cells {
  const cells: Cells = {}
  for (const severity of severities) {
    cells[cellOf('all', severity)] = policy.days[severity]?.toString() ?? ''
    for (const environment of environments) {
      const own = policy.environments[environment]?.[severity]
      cells[cellOf(environment, severity)] = own === undefined ? '' : (own?.toString() ?? '0')
    }
  }
  return cells
}

function toPolicy(cells: Cells, counting: Pick<DuePolicy, 'unit' | 'holidays' | 'calendar'>): DuePolicy {
  const read = (row: Row, severity: string) => (cells[cellOf(row, severity)] ?? '').trim()
  const days = { critical: null, high: null, medium: null, low: null, informational: null } as DuePolicy['days']
  const own: DuePolicy['environments'] = {}
  for (const severity of severities) {
    const text = read('all', severity)
    days[severity] = text === '' || text === '0' ? null : Number(text)
    for (const environment of environments) {
      const other = read(environment, severity)
      if (other === '') continue
      own[environment] = { ...own[environment], [severity]: other === '0' ? null : Number(other) }
    }
  }
  return { ...counting, days, environments: own }
}

const countingOf = ({ unit, holidays, calendar }: DuePolicy) => ({ unit, holidays, calendar })

/** Days to fix by severity and environment, with a preview before a change is saved. */
export function DuePolicyForm({ view, preview, save }: DuePolicyFormProps) {
  const t = useTranslations()
  const format = useFormatter()
  const [cells, setCells] = useState(() => toCells(view.policy))
  const [unit, setUnit] = useState(view.policy.unit)
  const [holidays, setHolidays] = useState(view.policy.holidays)
  const [calendar, setCalendar] = useState(view.policy.calendar)
  const [shown, setShown] = useState<DuePreview | null>(null)
  const look = useAction(preview, setShown)
  const form = useAction(save, () => {
    setShown(null)
    sayDone(t('settings.due-dates.saved'))
  })
  const policy = toPolicy(cells, { unit, holidays, calendar })
  const { policy: saved } = view
  const same = JSON.stringify(policy) === JSON.stringify(toPolicy(toCells(saved), countingOf(saved)))
  function submit(event: FormEvent) {
    event.preventDefault()
    if (shown) form.submit({ policy, seen: view.version })
    else look.submit(policy)
  }
  const error = form.errorOf('') ?? look.errorOf('') ?? form.otherError('') ?? look.otherError('')
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
      <Panel title={t('settings.due-dates.days')}>
        <ScrollArea label={t('settings.due-dates.days')} className="">
          <table className="w-full min-w-[36rem] text-sm">
            <thead>
              <tr className="text-muted text-xs">
                <th scope="col" className="py-1 text-start font-normal">
                  {t('findings.columns.environment')}
                </th>
                {severities.map(severity => (
                  <th key={severity} scope="col" className="px-1 py-1 text-start font-normal">
                    {t(`severity.${severity}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr key={row} className="border-separator border-t">
                  <th scope="row" className="py-1.5 pe-2 text-start font-semibold">
                    {row === 'all' ? t('settings.due-dates.everywhere') : t(`environment.${row}`)}
                  </th>
                  {severities.map(severity => (
                    <td key={severity} className="px-1 py-1.5">
                      <input
                        type="number"
                        min={0}
                        max={3650}
                        inputMode="numeric"
                        aria-label={t('settings.due-dates.cell', {
                          environment: row === 'all' ? t('settings.due-dates.everywhere') : t(`environment.${row}`),
                          severity: t(`severity.${severity}`),
                        })}
                        placeholder={row === 'all' ? t('settings.due-dates.none') : t('settings.due-dates.same')}
                        value={cells[cellOf(row, severity)] ?? ''}
                        onChange={event => {
                          setCells({ ...cells, [cellOf(row, severity)]: event.target.value })
                          setShown(null)
                        }}
                        className="h-8 w-20 rounded-xl border border-field-border bg-field px-2 tabular-nums placeholder:text-field-placeholder"
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
        <p className="mt-2 text-muted text-xs">{t('settings.due-dates.hint')}</p>
      </Panel>
      <Panel title={t('settings.due-dates.counting')}>
        <div className="flex flex-wrap items-end gap-4">
          <Select
            label={t('settings.due-dates.unit')}
            value={unit}
            options={[
              { id: 'calendar', label: t('settings.due-dates.units.calendar') },
              { id: 'working', label: t('settings.due-dates.units.working') },
            ]}
            onChange={id => {
              setUnit(id === 'working' ? 'working' : 'calendar')
              setShown(null)
            }}
          />
          <Checkbox
            label={t('settings.due-dates.holidays')}
            checked={holidays}
            onChange={on => {
              setHolidays(on)
              setShown(null)
            }}
          />
        </div>
        <p className="mt-2 mb-3 text-muted text-xs">{t('settings.due-dates.countingHint')}</p>
        <CalendarFields
          calendar={view.policy.calendar}
          onChange={changed => {
            setCalendar(changed)
            setShown(null)
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
