'use client'

import { useFormatter, useNow, useTimeZone, useTranslations } from 'next-intl'
import { daysBetween } from '@/lib/domain/policies/due'
import type { FindingRow } from '@/lib/domain/views'
import { RelativeTime } from '../ui/relative-time'

type DueTextProps = Pick<FindingRow, 'dueAt' | 'respondBy' | 'respondedAt' | 'overdue'>

const SOON_DAYS = 14

/** The dates of a finding: of a threat that nobody has responded to, first when somebody has to. */
export function DueText(props: DueTextProps) {
  const { respondBy, respondedAt } = props
  if (respondBy === null || respondedAt !== null) return <DueDate {...props} />
  return (
    <span className="flex flex-col">
      <ResponseDue respondBy={respondBy} named />
      <DueDate {...props} />
    </span>
  )
}

/** By when somebody has to respond to a threat, with the name of the date if it is shown beside others. */
export function ResponseDue({ respondBy, named = false }: { respondBy: Date; named?: boolean }) {
  const t = useTranslations('findings')
  const late = respondBy < useNow({ updateInterval: 60_000 })
  return (
    <span className={`whitespace-nowrap ${late ? 'font-semibold text-bad' : ''}`} suppressHydrationWarning>
      {late ? `${t(named ? 'respondLate' : 'respondPassed')} ` : named ? `${t('respond')} ` : null}
      <RelativeTime date={respondBy} mayBeAhead />
    </span>
  )
}

/** When a finding is due: the delay if it is overdue, calendar days if it is soon, otherwise the day. */
export function DueDate({ dueAt, respondBy, overdue }: DueTextProps) {
  const t = useTranslations('findings')
  const format = useFormatter()
  const timeZone = useTimeZone() ?? 'UTC'
  const now = useNow({ updateInterval: 60_000 })
  if (!dueAt) return <span className="text-muted">{t('noDue')}</span>
  // A threat may be overdue because of its other date.
  const late = overdue && (respondBy === null || dueAt < now)
  const daysLeft = daysBetween(now, dueAt, timeZone)
  const words = late
    ? t('lateDays', { days: Math.max(-daysLeft, 0) })
    : daysLeft >= 0 && daysLeft <= SOON_DAYS
      ? t('dueInDays', { days: daysLeft })
      : format.dateTime(dueAt, { dateStyle: 'medium' })
  return (
    <time
      dateTime={dueAt.toISOString()}
      title={format.dateTime(dueAt, { dateStyle: 'full', timeStyle: 'short' })}
      className={`whitespace-nowrap ${late ? 'font-semibold text-bad' : ''}`}
      suppressHydrationWarning
    >
      {words}
    </time>
  )
}
