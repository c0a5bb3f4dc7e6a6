import { useFormatter, useTranslations } from 'next-intl'
import type { EventKind } from '@/lib/domain/findings/event'
import { Severity } from '@/lib/domain/findings/severity'
import { Status } from '@/lib/domain/findings/status'
import { visibleText } from '@/lib/domain/text/visible-text'
import { VerdictKind } from '@/lib/domain/threats/verdict'
import { useTeamName } from '../../teams/teams-context'

const STATUS_KINDS: EventKind[] = [
  'status',
  'resolved',
  'reopened',
  'suppressed',
  'unsuppressed',
  'asked',
  'excepted',
  'returned',
]
const DATES: EventKind[] = ['due', 'respond', 'overdue', 'expiring', 'first_seen', 'closed_at']

/** A value of the history in the reader's words. */
export function useValueWords() {
  const t = useTranslations()
  const format = useFormatter()
  const teamName = useTeamName()
  return (kind: EventKind, value: string): string => {
    const status = Status.safeParse(value)
    const severity = Severity.safeParse(value)
    const verdict = VerdictKind.safeParse(value)
    if (kind === 'verdict' && verdict.success) return t(`verdict.kinds.${verdict.data}`)
    if (STATUS_KINDS.includes(kind) && status.success) return t(`status.${status.data}`)
    if (kind === 'team' || kind === 'left') return visibleText(teamName(value))
    if ((kind === 'severity' || kind === 'counts_as') && severity.success) return t(`severity.${severity.data}`)
    if (DATES.includes(kind) && !Number.isNaN(Date.parse(value)))
      return format.dateTime(new Date(value), {
        dateStyle: 'medium',
        // Hours matter for a response, and where a date is no end of a day.
        ...(kind === 'respond' && { timeStyle: 'short' }),
      })
    return visibleText(value)
  }
}
