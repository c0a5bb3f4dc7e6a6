import { notFound } from 'next/navigation'
import { getFormatter, getTranslations } from 'next-intl/server'
import { cache } from 'react'
import { findingsHref } from '@/components/findings/list/finding-params'
import { ImportTable } from '@/components/imports/import-table'
import { FeedTable } from '@/components/sources/feed-table'
import { SourceTable } from '@/components/sources/source-table'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { sourceIds } from '@/lib/domain/imports/outcome'
import { feedsOfSource } from '@/lib/queries/feeds/feeds-of-source'
import { listSources } from '@/lib/queries/feeds/sources'
import { importsOfSource } from '@/lib/queries/imports/imports'

type Params = Promise<{ source: string }>

const SHOWN_IMPORTS = 10

/** What is known of the source of an address, read once for title and page. "Not found" for one that never reported. */
const load = cache(async (name: string) => {
  const access = await requireAccess('findings:read')
  const id = sourceIds.find(known => known === name)
  const row = id && (await listSources(access)).find(each => each.id === id && each.kind === 'source')
  if (!id || !row) notFound()
  return { access, id, row }
})

export async function sourceName(params: Params): Promise<string> {
  const { id } = await load((await params).source)
  const t = await getTranslations('source')
  return t(id)
}

export async function SourceSection({ params }: { params: Params }) {
  const { access, id, row } = await load((await params).source)
  const imports = holds(access, 'imports:read')
    ? importsOfSource(await requireAccess('imports:read'), id, SHOWN_IMPORTS)
    : []
  const [feeds, last, t, format] = await Promise.all([
    feedsOfSource(access, id),
    imports,
    getTranslations(),
    getFormatter(),
  ])
  const asOf = t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })
  return (
    <PageShell
      title={t(`source.${id}`)}
      lead={t('sources.page.lead')}
      actions={<LinkButton href={findingsHref({ source: [id] })}>{t('control.list')}</LinkButton>}
    >
      <Panel title={t('sources.page.now')} aside={asOf}>
        <SourceTable rows={[row]} />
      </Panel>
      <Panel title={t('sources.page.feeds', { count: feeds.total })} aside={asOf}>
        {feeds.total === 0 ? (
          <p className="text-muted">{t('sources.page.noFeeds')}</p>
        ) : (
          <FeedTable rows={feeds.rows} />
        )}
        {feeds.total > feeds.rows.length ? (
          <p className="mt-2 text-muted text-xs">{t('sources.page.shown', { count: feeds.rows.length })}</p>
        ) : null}
      </Panel>
      {last.length > 0 ? (
        <Panel title={t('sources.page.imports')}>
          <ImportTable rows={last} />
        </Panel>
      ) : null}
    </PageShell>
  )
}
