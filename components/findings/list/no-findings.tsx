import { CircleCheck, Inbox, ListFilter, SearchX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { SORTED_BY_REPORT } from '@/lib/domain/findings/filter'
import { LinkButton } from '../../ui/link-button'
import { EmptyState } from '../../ui/lists/empty-state'
import { findingsHref } from './finding-params'

/**
 * Why a list of findings is empty. `filter`: nothing matches; `mine`: the reader has nothing to do; `unreported`: no
 * report has come in yet; `quiet`: reports came in and nothing is open; `tooMany`: they cannot be sorted as asked.
 */
export type WhyEmpty = 'filter' | 'mine' | 'unreported' | 'quiet' | 'tooMany'

const ICONS = {
  filter: SearchX,
  mine: CircleCheck,
  unreported: Inbox,
  quiet: CircleCheck,
  tooMany: ListFilter,
} as const

export function NoFindings({ why }: { why: WhyEmpty }) {
  const t = useTranslations('findings.empty')
  const Icon = ICONS[why]
  return (
    <EmptyState
      icon={<Icon aria-hidden className={`size-7 ${why === 'quiet' || why === 'mine' ? 'text-good' : ''}`} />}
      title={t(`${why}.title`)}
      action={
        why === 'unreported' ? (
          <LinkButton href="/imports" variant="primary">
            {t('unreported.action')}
          </LinkButton>
        ) : why === 'filter' ? (
          <LinkButton href={findingsHref()}>{t('filter.action')}</LinkButton>
        ) : undefined
      }
    >
      {t(`${why}.text`, { max: SORTED_BY_REPORT })}
    </EmptyState>
  )
}
