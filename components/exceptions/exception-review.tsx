import { useTranslations } from 'next-intl'
import { REVIEW_GRACE_DAYS } from '@/lib/domain/exceptions/review'
import type { ExceptionRow } from '@/lib/domain/policies/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Chip } from '../ui/chip'
import { Day, RelativeTime } from '../ui/relative-time'

/** The next review of an exception, with what happens if nobody answers it, and the answers so far. */
export function ExceptionReview({ row }: { row: ExceptionRow }) {
  const t = useTranslations('exceptions')
  const isOpen = row.state === 'requested' || row.state === 'approved'
  const isOverdue = row.state === 'approved' && row.reviewIsOverdue
  if (!row.reviewAt && row.reviews.length === 0) return null
  return (
    <span className="flex flex-col gap-0.5 text-muted text-xs">
      {row.reviewAt && isOpen ? (
        <span className="flex flex-wrap items-center gap-1.5">
          {t('reviewOn')} <Day date={row.reviewAt} />
          {isOverdue ? <Chip>{t('reviewOverdue')}</Chip> : null}
        </span>
      ) : null}
      {isOverdue && row.endsUnreviewed ? (
        <span className="text-bad">
          {t('reviewEnds', { days: REVIEW_GRACE_DAYS })} <Day date={row.endsUnreviewed} />
        </span>
      ) : null}
      {row.reviews.map(review => (
        <span key={review.at.getTime()} className="whitespace-pre-wrap break-words">
          {t('reviewedBy', { name: review.name })} <RelativeTime date={review.at} />: {visibleText(review.note)}
        </span>
      ))}
    </span>
  )
}
