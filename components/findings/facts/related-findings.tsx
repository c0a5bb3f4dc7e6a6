import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { SharedTrait } from '@/lib/domain/threats/related'
import type { FindingRow } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { ExactTime } from '../../ui/relative-time'
import { SeverityBadge } from '../../ui/severity-badge'
import { findingHref } from '../finding-links'
import { StatusText } from '../status-text'

interface Related {
  finding: FindingRow
  shared: SharedTrait[]
  firstAt: Date
  lastAt: Date | null
  count: number | null
}

/** Findings with the same actor or resource on one time line, the latest first. Nothing if there are none. */
export function RelatedFindings({ related }: { related: readonly Related[] }) {
  const t = useTranslations('threat')
  const format = useFormatter()
  if (related.length === 0) return null
  return (
    <Panel title={t('related', { count: related.length })}>
      <ol className="flex flex-col gap-2.5 border-border border-s ps-4">
        {related.map(({ finding, shared, firstAt, lastAt, count }) => (
          <li key={finding.id} className="relative flex flex-col gap-0.5">
            <span
              aria-hidden
              className="absolute top-1.5 -left-[1.31rem] size-2 rounded-full border border-surface bg-quiet"
            />
            <span className="flex flex-wrap items-baseline gap-x-2 text-muted text-xs">
              <ExactTime date={firstAt} />
              {lastAt && lastAt > firstAt ? (
                <>
                  – <ExactTime date={lastAt} />
                </>
              ) : null}
              {count === null ? null : <span>{t('events', { count })}</span>}
            </span>
            <span className="flex flex-wrap items-baseline gap-x-2">
              <SeverityBadge severity={finding.severity} />
              <Link href={findingHref(finding.id)} className="font-semibold hover:text-accent hover:underline">
                {visibleText(finding.title || finding.control)}
              </Link>
              <StatusText status={finding.status} />
            </span>
            <span className="text-muted text-xs">
              {t('shared', { traits: format.list(shared.map(trait => t(`traits.${trait}`))) })}{' '}
              {visibleText(finding.accountName || finding.accountId)}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
