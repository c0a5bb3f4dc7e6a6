'use client'

import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { BusinessCalendar, ClosedPeriod } from '@/lib/domain/policies/calendar'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'

/** A row of the form; the key stays while its values change. */
interface Row<T> {
  key: number
  value: T
}

interface CalendarFieldsProps {
  calendar: BusinessCalendar
  onChange: (calendar: BusinessCalendar) => void
}

const toRows = <T,>(values: readonly T[]): Row<T>[] => values.map((value, key) => ({ key, value }))
const nextKey = (rows: readonly Row<unknown>[]) => Math.max(-1, ...rows.map(row => row.key)) + 1

function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <Button variant="ghost" size="sm" isIconOnly aria-label={label} onPress={onPress}>
      <X aria-hidden className="size-4" />
    </Button>
  )
}

/** The closed periods and extra working days of the organization. */
export function CalendarFields({ calendar, onChange }: CalendarFieldsProps) {
  const t = useTranslations('settings.due-dates.calendar')
  const [periods, setPeriods] = useState(() => toRows(calendar.closed))
  const [days, setDays] = useState(() => toRows(calendar.workingDays))
  function change(closed: Row<ClosedPeriod>[], workingDays: Row<string>[]) {
    setPeriods(closed)
    setDays(workingDays)
    onChange({
      closed: closed.map(row => row.value),
      workingDays: workingDays.map(row => row.value).filter(day => day !== ''),
    })
  }
  const setPeriod = (key: number, part: Partial<ClosedPeriod>) =>
    change(
      periods.map(row => (row.key === key ? { key, value: { ...row.value, ...part } } : row)),
      days,
    )
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2">
        <legend className="font-semibold">{t('closed')}</legend>
        <p className="text-muted text-xs">{t('closedHint')}</p>
        {periods.map(({ key, value }) => (
          <div key={key} className="flex flex-wrap items-end gap-2">
            <TextField
              label={t('from')}
              value={value.from}
              placeholder="12-29"
              maxLength={10}
              className="w-32"
              onChange={from => setPeriod(key, { from: from.trim() })}
            />
            <TextField
              label={t('to')}
              value={value.to}
              placeholder="01-03"
              maxLength={10}
              className="w-32"
              onChange={to => setPeriod(key, { to: to.trim() })}
            />
            <TextField
              label={t('name')}
              value={value.name}
              placeholder={t('namePlaceholder')}
              maxLength={60}
              className="w-48"
              onChange={name => setPeriod(key, { name })}
            />
            <RemoveButton
              label={t('removePeriod', { from: value.from, to: value.to })}
              onPress={() =>
                change(
                  periods.filter(row => row.key !== key),
                  days,
                )
              }
            />
          </div>
        ))}
        <Button
          size="sm"
          className="self-start"
          onPress={() => change([...periods, { key: nextKey(periods), value: { name: '', from: '', to: '' } }], days)}
        >
          {t('addPeriod')}
        </Button>
      </fieldset>
      <fieldset className="flex flex-col gap-2">
        <legend className="font-semibold">{t('workingDays')}</legend>
        <p className="text-muted text-xs">{t('workingDaysHint')}</p>
        {days.map(({ key, value }) => (
          <div key={key} className="flex flex-wrap items-end gap-2">
            <TextField
              label={t('day')}
              type="date"
              value={value}
              className="w-48"
              onChange={day =>
                change(
                  periods,
                  days.map(row => (row.key === key ? { key, value: day } : row)),
                )
              }
            />
            <RemoveButton
              label={t('removeDay', { day: value })}
              onPress={() =>
                change(
                  periods,
                  days.filter(row => row.key !== key),
                )
              }
            />
          </div>
        ))}
        <Button
          size="sm"
          className="self-start"
          onPress={() => change(periods, [...days, { key: nextKey(days), value: '' }])}
        >
          {t('addDay')}
        </Button>
      </fieldset>
    </div>
  )
}
