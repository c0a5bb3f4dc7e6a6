import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { DecisionView } from '@/lib/domain/views'
import { findingHref } from '../findings/finding-links'
import { Panel } from '../ui/layout/panel'
import { RelativeTime } from '../ui/relative-time'
import { SeverityBadge } from '../ui/severity-badge'
import { SourceText } from '../ui/source-text'

/** Findings that people resolved, verdicts about threats, and due dates that they moved beyond the policy, with their reasons. */
export function Decisions({ decisions }: { decisions: DecisionView[] }) {
  const t = useTranslations('home.decisions')
  const kinds = useTranslations('verdict.kinds')
  const format = useFormatter()
  const what = ({ kind, dueAt, verdict }: DecisionView) => {
    if (verdict) return t('verdict', { name: kinds(verdict) })
    if (kind === 'status') return t('resolved')
    return dueAt ? t('due', { day: format.dateTime(dueAt, { dateStyle: 'medium' }) }) : t('noDue')
  }
  return (
    <Panel id="decisions" title={t('title')}>
      <ul className="flex flex-col">
        {decisions.map(decision => (
          <li
            key={`${decision.finding} ${decision.kind} ${decision.at.toISOString()}`}
            className="border-separator border-b py-1.5 last:border-0"
          >
            <div className="flex flex-wrap items-baseline gap-x-2">
              <SeverityBadge severity={decision.severity} />
              <Link
                href={findingHref(decision.finding)}
                className="min-w-0 flex-1 truncate hover:text-accent hover:underline"
              >
                <SourceText text={decision.title} />
              </Link>
              <span className="text-muted text-xs">{visibleText(decision.account)}</span>
            </div>
            <p className="text-xs">
              <span className="font-semibold">{what(decision)}</span> {visibleText(decision.by)}{' '}
              <RelativeTime date={decision.at} className="text-muted" />
            </p>
            <p className="whitespace-pre-wrap text-muted text-xs">
              <SourceText text={decision.reason} />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
