import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { problemKindOf } from '@/lib/domain/policies/problem-kind'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import { CopyButton } from '../../ui/copy-button'
import { Panel } from '../../ui/layout/panel'
import { RelativeTime } from '../../ui/relative-time'
import { Frameworks, Severities } from '../facts/control-facts'
import { Fact, FactList } from '../facts/fact'
import { accountHref, controlHref, resourceHref } from '../finding-links'
import { findingsHref } from '../list/finding-params'

function ResourceId({ id, href }: { id: string; href?: string }) {
  const t = useTranslations('finding')
  const text = <span className="break-all font-mono text-xs leading-6">{visibleText(id)}</span>
  return (
    <span className="flex items-start gap-1">
      {href ? (
        <Link href={href} className="text-accent underline underline-offset-2">
          {text}
        </Link>
      ) : (
        text
      )}
      <CopyButton text={id} label={t('copyResource')} />
    </span>
  )
}

/** The control, resource and location of a finding. */
export function FindingFacts({ finding }: { finding: FindingDetail }) {
  const t = useTranslations()
  const others = finding.otherResources
  const kind = problemKindOf(finding)
  return (
    <Panel title={t('finding.what')}>
      <FactList>
        <Fact name={t('findings.columns.account')}>
          <Link href={accountHref(finding.accountId)} className="text-accent underline underline-offset-2">
            {visibleText(finding.accountName || finding.accountId)}
          </Link>
          {finding.accountName ? <span className="font-mono text-muted text-xs"> {finding.accountId}</span> : null}
          {finding.environment ? <span className="text-muted"> {t(`environment.${finding.environment}`)}</span> : null}
        </Fact>
        <Severities finding={finding} />
        <Fact name={t('settings.routing.category')}>{t(`category.${finding.category}`)}</Fact>
        <Fact name={t('finding.region')}>{visibleText(finding.region)}</Fact>
        <Fact name={t('finding.resource')}>
          <ResourceId id={finding.resourceId} {...(finding.resourceId ? { href: resourceHref(finding) } : {})} />
        </Fact>
        {finding.resourceType ? (
          <Fact name={t('findings.columns.resourceType')}>
            <Link
              href={findingsHref({ resourceType: [finding.resourceType], account: [finding.accountId] })}
              className="text-accent underline underline-offset-2"
            >
              {visibleText(finding.resourceType)}
            </Link>
          </Fact>
        ) : null}
        {finding.packageName ? <Fact name={t('finding.package')}>{visibleText(finding.packageName)}</Fact> : null}
        <Frameworks requirements={finding.requirements} />
        {others.length > 0 ? (
          <Fact name={t('finding.otherResources')}>
            <details>
              <summary className="cursor-pointer">{t('finding.otherCount', { count: others.length })}</summary>
              <ul>
                {others.map(other => (
                  <li key={`${other.type}-${other.id}`}>
                    <ResourceId id={other.id} />
                    {other.type ? <span className="text-muted text-xs">{visibleText(other.type)}</span> : null}
                  </li>
                ))}
              </ul>
            </details>
          </Fact>
        ) : null}
        <Fact name={t(`finding.controlName.${kind}`)}>
          <Link href={controlHref(finding.control)} className="text-accent underline underline-offset-2">
            {visibleText(finding.control)}
          </Link>{' '}
          <span className="text-muted">{t(`class.${kind}`)}</span>
        </Fact>
        {finding.firstObservedAt < finding.firstSeenAt ? (
          <Fact name={t('finding.firstObserved')}>
            <RelativeTime date={finding.firstObservedAt} />
          </Fact>
        ) : null}
        {finding.lastObservedAt ? (
          <Fact name={t('finding.lastObserved')}>
            <RelativeTime date={finding.lastObservedAt} />
          </Fact>
        ) : null}
        <Fact name={t('finding.firstSeen')}>
          <RelativeTime date={finding.firstSeenAt} />
          {finding.reopenedCount > 0 ? (
            <span className="text-muted"> {t('findings.reopened', { count: finding.reopenedCount })}</span>
          ) : null}
        </Fact>
      </FactList>
    </Panel>
  )
}
