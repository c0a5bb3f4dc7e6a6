'use client'

import { useFormatter, useNow, useTimeZone, useTranslations } from 'next-intl'
import { daysBetween } from '@/lib/domain/policies/due'

interface DueTextProps {
  dueAt: Date | null
  overdue: boolean
}

const SOON_DAYS = 14

/** When a finding is due: the delay if it is overdue, calendar days if it is soon, otherwise the day. */
export function DueText({ dueAt, overdue }: DueTextProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  const timeZone = useTimeZone() ?? 'UTC'
  const now = useNow({ updateInterval: 60_000 })
  if (!dueAt) return <span className="text-muted">{t('noDue')}</span>
  const daysLeft = daysBetween(now, dueAt, timeZone)
  const words = overdue
    ? t('lateDays', { days: Math.max(-daysLeft, 0) })
    : daysLeft >= 0 && daysLeft <= SOON_DAYS
      ? t('dueInDays', { days: daysLeft })
      : format.dateTime(dueAt, { dateStyle: 'medium' })
  return (
    <time
      dateTime={dueAt.toISOString()}
      title={format.dateTime(dueAt, { dateStyle: 'full', timeStyle: 'short' })}
      className={`whitespace-nowrap ${overdue ? 'font-semibold text-bad' : ''}`}
      suppressHydrationWarning
    >
      {words}
    </time>
  )
}
