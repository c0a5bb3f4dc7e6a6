import { useFormatter, useTranslations } from 'next-intl'
import { Severity } from '@/lib/domain/findings/severity'
import { Status } from '@/lib/domain/findings/status'
import { Team } from '@/lib/domain/people/team'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingEventView } from '@/lib/domain/views'

const STATUS_KINDS: FindingEventView['kind'][] = ['status', 'resolved', 'reopened', 'asked', 'excepted', 'returned']
const DATES: FindingEventView['kind'][] = ['due', 'expiring', 'first_seen', 'closed_at']

/** A value of the history in the reader's words. */
export function useValueWords() {
  const t = useTranslations()
  const format = useFormatter()
  return (kind: FindingEventView['kind'], value: string): string => {
    const status = Status.safeParse(value)
    const team = Team.safeParse(value)
    const severity = Severity.safeParse(value)
    if (STATUS_KINDS.includes(kind) && status.success) return t(`status.${status.data}`)
    if ((kind === 'team' || kind === 'left') && team.success) return t(`teams.${team.data}`)
    if (kind === 'severity' && severity.success) return t(`severity.${severity.data}`)
    if (DATES.includes(kind) && !Number.isNaN(Date.parse(value)))
      return format.dateTime(new Date(value), { dateStyle: 'medium' })
    return visibleText(value)
  }
}
