import { notFound } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { shortResource } from '@/components/findings/finding-links'
import { findingsHref } from '@/components/findings/list/finding-params'
import { FindingTable } from '@/components/findings/list/finding-table'
import { ResourceFacts, ResourceTags } from '@/components/resources/resource-facts'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { requireAccess } from '@/lib/access/access'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { FindingFilter } from '@/lib/domain/findings/filter'
import { statuses } from '@/lib/domain/findings/status'
import { ResourceQuery } from '@/lib/domain/resources/resource-view'
import { visibleText } from '@/lib/domain/text/visible-text'
import { NotFoundError } from '@/lib/errors'
import { getResource } from '@/lib/queries/resources/resource'
import { findingActions, toMayTriage } from '../../../findings/sections'

export interface ResourceAddress {
  params: Promise<{ accountId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** The resource of an address, read once for title and page. "Not found" for one without findings that the reader may see. */
const loadResource = cache(async (account: string, id: string | undefined, region: string | undefined) => {
  const access = await requireAccess('findings:read')
  const accountId = AccountId.safeParse(account)
  const query = ResourceQuery.safeParse({ resource: id, region: region ?? null })
  if (!accountId.success || !query.success) notFound()
  try {
    return { access, region: query.data.region, resource: await getResource(access, accountId.data, query.data) }
  } catch (error) {
    if (error instanceof NotFoundError) notFound()
    throw error
  }
})

async function load({ params, searchParams }: ResourceAddress) {
  const [{ accountId }, { id, region }] = await Promise.all([params, searchParams])
  return loadResource(accountId, one(id), one(region))
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

export async function resourceTitle(address: ResourceAddress): Promise<string> {
  const { resource } = await load(address)
  return shortResource(resource.resourceId)
}

export async function ResourceSection(address: ResourceAddress) {
  const [{ access, region, resource }, locale, t] = await Promise.all([load(address), getLocale(), getTranslations()])
  const findings = withCanonicalTitles(locale, resource.findings)
  const filter = FindingFilter.parse({
    account: [resource.accountId],
    resource: [resource.resourceId],
    status: [...statuses],
  })
  return (
    <PageShell
      title={shortResource(resource.resourceId)}
      lead={
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          {resource.resourceType ? <span>{visibleText(resource.resourceType)}</span> : null}
          <span>{t('resource.open', { count: resource.open })}</span>
        </span>
      }
    >
      <div className="grid items-start gap-3.5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <ResourceFacts resource={{ ...resource, findings }} />
        <ResourceTags tags={resource.tags} />
      </div>
      <Panel title={t('resource.findings', { count: resource.total })}>
        <FindingTable
          caption={t('resource.findings', { count: resource.total })}
          rows={findings}
          total={findings.length}
          exact
          filter={filter}
          may={toMayTriage(access)}
          actions={findingActions}
          hideAccount
          // The filter knows no Region, so that "all" could be more than this page shows.
          selectable={region === null}
        />
        {resource.total > findings.length ? (
          <LinkButton href={findingsHref(filter)} size="sm" variant="ghost">
            {t('account.filterAll')}
          </LinkButton>
        ) : null}
      </Panel>
    </PageShell>
  )
}
