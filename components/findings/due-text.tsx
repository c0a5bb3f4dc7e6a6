'use client'

import { useFormatter, useNow, useTranslations } from 'next-intl'

interface DueTextProps {
  dueAt: Date | null
  overdue: boolean
}

const DAY_MS = 86_400_000
const SOON_DAYS = 14

/** When a finding is due: how late where it is late, in days where it is near, else the day. */
export function DueText({ dueAt, overdue }: DueTextProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  const now = useNow({ updateInterval: 60_000 })
  if (!dueAt) return <span className="text-muted">{t('noDue')}</span>
  const days = Math.floor((now.getTime() - dueAt.getTime()) / DAY_MS)
  const near = Math.abs(days) <= SOON_DAYS
  const words = overdue
    ? t('lateDays', { days: Math.max(days, 0) })
    : near
      ? format.relativeTime(dueAt, { now, unit: 'day' })
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
