import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type Severity, severities } from '@/lib/domain/findings/severity'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import type { UpdateOfFinding } from '@/lib/domain/vulnerabilities/updates'
import { Panel } from '../../ui/layout/panel'
import { findingsHref } from '../list/finding-params'

/** What the update for a vulnerability closes besides it, and what a new image or all updates would. */
export function UpdatePanel({ finding, update }: { finding: FindingDetail; update: UpdateOfFinding }) {
  const t = useTranslations('finding.update')
  const { update: own, fixable, total, isImage } = update
  const all = findingsHref({
    account: [finding.accountId],
    class: ['vulnerability'],
    fix: true,
    resource: [finding.resourceId],
  })
  return (
    <Panel title={t('title')}>
      {own ? (
        <p>
          {t(own.version === null ? 'package' : 'packageTo', {
            packages: own.packages.map(visibleText).join(', '),
            version: visibleText(own.version ?? ''),
            count: own.closes,
          })}{' '}
          <Severities counts={own.others} />
        </p>
      ) : null}
      {total > 1 ? (
        <p className={own ? 'mt-1' : ''}>
          <Link href={all} className="text-accent underline underline-offset-2">
            {t(isImage ? 'image' : 'resource', { count: total })}
          </Link>{' '}
          <Severities counts={fixable} />
        </p>
      ) : null}
    </Panel>
  )
}

function Severities({ counts }: { counts: Partial<Record<Severity, number>> }) {
  const t = useTranslations()
  const format = useFormatter()
  const parts = severities.flatMap(severity => {
    const count = counts[severity]
    return count === undefined ? [] : [t('counts.ofSeverity', { count, severity: t(`severity.${severity}`) })]
  })
  return parts.length === 0 ? null : <span className="text-muted">({format.list(parts, { type: 'unit' })})</span>
}
