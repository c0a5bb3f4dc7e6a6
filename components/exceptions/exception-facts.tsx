import { useTranslations } from 'next-intl'
import type { ExceptionRow } from '@/lib/domain/policies/views'
import { toReportLink, visibleText } from '@/lib/domain/text/visible-text'
import { FileList } from '../attachments/file-list'
import { Chip } from '../ui/chip'
import { Day, RelativeTime } from '../ui/relative-time'
import { ConditionWords } from './match-words'

/** The state of an exception: requested, approved, ended, and by whom. */
export function ExceptionState({ row }: { row: ExceptionRow }) {
  const t = useTranslations('exceptions')
  const over = row.state === 'ended' && row.endedReason ? t(`endReasons.${row.endedReason}`) : null
  return (
    <span className="flex flex-col gap-0.5">
      <span className="flex flex-wrap items-center gap-1.5">
        <Chip>{t(`states.${row.state}`)}</Chip>
        {row.pending ? <span className="text-muted text-xs">{t('pending')}</span> : null}
      </span>
      {over ? <span className="text-muted text-xs">{over}</span> : null}
    </span>
  )
}

/** Who requested and who decided, with times. */
export function ExceptionPeople({ row }: { row: ExceptionRow }) {
  const t = useTranslations('exceptions')
  return (
    <span className="flex flex-col text-muted text-xs">
      <span title={row.requestedEmail ?? undefined}>
        {t('askedBy', { name: row.requestedName })} <RelativeTime date={row.requestedAt} />
      </span>
      {row.decidedAt && row.decidedName ? (
        <span title={row.decidedEmail ?? undefined}>
          {t(row.state === 'rejected' ? 'rejectedBy' : 'approvedBy', { name: row.decidedName })}{' '}
          <RelativeTime date={row.decidedAt} />
        </span>
      ) : null}
      {row.endedAt ? (
        <span>
          {row.endedReason === 'hand' && row.endedName ? t('endedBy', { name: row.endedName }) : t('ended')}{' '}
          <RelativeTime date={row.endedAt} />
        </span>
      ) : null}
    </span>
  )
}

/** A ticket of another system: a link only if it is an https URL without credentials. */
function Ticket({ ticket }: { ticket: string }) {
  const t = useTranslations('exceptions')
  const href = toReportLink(ticket)?.href
  return (
    <span className="break-all">
      <span className="text-muted text-xs">{t('ticket')}:</span>{' '}
      {href ? (
        <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent underline underline-offset-2">
          {visibleText(ticket)}
        </a>
      ) : (
        visibleText(ticket)
      )}
    </span>
  )
}

/** Reason, compensating controls, evidence, condition and notes. */
export function ExceptionReason({ row }: { row: ExceptionRow }) {
  const t = useTranslations('exceptions')
  const tSeverity = useTranslations('severity')
  const conditional = row.condition.tag !== null || row.condition.severityAtMost !== null
  return (
    <span className="flex flex-col gap-0.5">
      {row.hidden ? (
        <span className="text-muted text-xs">{t('hidden')}</span>
      ) : (
        <span className="whitespace-pre-wrap break-words">{visibleText(row.reason)}</span>
      )}
      {conditional ? (
        <span className="text-muted text-xs">
          {t('only')} <ConditionWords condition={row.condition} />
        </span>
      ) : null}
      {row.controls ? (
        <span className="whitespace-pre-wrap break-words">
          <span className="text-muted text-xs">{t('controls')}:</span> {visibleText(row.controls)}
        </span>
      ) : null}
      {row.ticket ? <Ticket ticket={row.ticket} /> : null}
      <FileList files={row.evidence} />
      {row.match && row.coversUpTo && row.coversUpTo !== 'critical' ? (
        <span className="text-muted text-xs">{t('coversUpTo', { severity: tSeverity(row.coversUpTo) })}</span>
      ) : null}
      {row.note ? (
        <span className="whitespace-pre-wrap break-words text-muted text-xs">
          {t('noted', { note: visibleText(row.note) })}
        </span>
      ) : null}
      {row.endNote ? (
        <span className="whitespace-pre-wrap break-words text-muted text-xs">
          {t('endNoted', { note: visibleText(row.endNote) })}
        </span>
      ) : null}
    </span>
  )
}

/** The last day. */
export function ExceptionEnd({ row }: { row: ExceptionRow }) {
  return (
    <span className="flex flex-col">
      <Day date={row.expiresAt} />
      {row.state === 'approved' || row.state === 'requested' ? (
        <RelativeTime date={row.expiresAt} mayBeAhead className="text-muted text-xs" />
      ) : null}
    </span>
  )
}
