import { ExternalLink } from 'lucide-react'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { ResourceView } from '@/lib/domain/views'
import { Fact, FactList } from '../findings/facts/fact'
import { accountHref, findingHref } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'
import { CopyButton } from '../ui/copy-button'
import { Panel } from '../ui/layout/panel'
import { RelativeTime } from '../ui/relative-time'

/** Findings that are named as evidence; more are in the table. */
const NAMED = 5

/** Where a resource is, whose it is, and whether it is public. */
export function ResourceFacts({ resource }: { resource: ResourceView }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <Panel title={t('finding.resource')}>
      <FactList>
        <Fact name={t('resource.id')}>
          <span className="flex items-start gap-1">
            <span className="break-all font-mono text-xs leading-6">{visibleText(resource.resourceId)}</span>
            <CopyButton text={resource.resourceId} label={t('finding.copyResource')} />
          </span>
          {resource.consoleUrl ? (
            <a
              href={resource.consoleUrl}
              target="_blank"
              rel="noreferrer noopener"
              className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
            >
              {t('resource.console')}
              <ExternalLink aria-hidden className="size-3.5" />
              <span className="sr-only">{t('finding.newTab')}</span>
            </a>
          ) : null}
        </Fact>
        {resource.resourceType ? (
          <Fact name={t('findings.columns.resourceType')}>{visibleText(resource.resourceType)}</Fact>
        ) : null}
        <Fact name={t('findings.columns.account')}>
          <Link href={accountHref(resource.accountId)} className="text-accent underline underline-offset-2">
            {visibleText(resource.accountName || resource.accountId)}
          </Link>
          {resource.accountName ? <span className="font-mono text-muted text-xs"> {resource.accountId}</span> : null}
          {resource.environment ? (
            <span className="text-muted"> {t(`environment.${resource.environment}`)}</span>
          ) : null}
        </Fact>
        <Fact name={t('finding.region')}>{format.list(resource.regions.map(visibleText))}</Fact>
        <Fact name={t('resource.public.name')}>
          <Exposure resource={resource} />
        </Fact>
        <Fact name={t('findings.columns.owner')}>
          <Owners resource={resource} />
        </Fact>
      </FactList>
    </Panel>
  )
}

function Exposure({ resource: { exposure, findings } }: { resource: ResourceView }) {
  const t = useTranslations()
  const format = useFormatter()
  const telling = findings.filter(finding => exposure.by.includes(finding.id)).slice(0, NAMED)
  return (
    <>
      <span className={exposure.public === 'yes' ? 'font-semibold text-bad' : ''}>
        {t(`resource.public.${exposure.public}`)}
      </span>
      {exposure.public === 'unknown' ? <p className="text-muted text-xs">{t('resource.public.unknownHint')}</p> : null}
      <ul>
        {telling.map(finding => (
          <li key={finding.id} className="text-xs">
            <Link href={findingHref(finding.id)} className="text-accent underline underline-offset-2">
              {visibleText(finding.title || finding.control)}
            </Link>{' '}
            <span className="text-muted">{format.list(finding.sources.map(source => t(`source.${source}`)))}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Owners({ resource: { owners, ownerTag } }: { resource: ResourceView }) {
  const t = useTranslations()
  if (owners.length === 0 && !ownerTag) return <span className="text-muted">{t('findings.nobody')}</span>
  return (
    <ul>
      {owners.map(({ owner, findings }) => (
        <li key={owner.id}>
          {visibleText(owner.name || owner.email)}{' '}
          <span className="text-muted text-xs">{t('resource.owns', { count: findings })}</span>
        </li>
      ))}
      {ownerTag ? (
        <li>
          {visibleText(ownerTag.value)}{' '}
          <span className="text-muted text-xs">{t('resource.ownerTag', { key: visibleText(ownerTag.key) })}</span>
        </li>
      ) : null}
    </ul>
  )
}

/** The tags of a resource in the newest report that has some. */
export function ResourceTags({ tags }: { tags: ResourceView['tags'] }) {
  const t = useTranslations()
  const pairs = Object.entries(tags?.values ?? {}).sort(([a], [b]) => a.localeCompare(b))
  return (
    <Panel
      title={t('resource.tags')}
      aside={
        tags ? (
          <>
            {t(`source.${tags.source}`)} <RelativeTime date={tags.at} />
          </>
        ) : null
      }
    >
      {pairs.length === 0 ? (
        <p className="text-muted">{t('resource.noTags')}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {pairs.map(([key, value]) => (
            <li key={key} className="max-w-full">
              <Link
                href={findingsHref({ tag: [`${key}=${value}`] })}
                className="inline-block break-all rounded border border-border px-1.5 text-xs leading-5 hover:text-accent"
              >
                {visibleText(value === '' ? key : `${key}=${value}`)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
