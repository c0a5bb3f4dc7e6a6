import { getTranslations } from 'next-intl/server'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { importsHref, readImportList } from '@/components/imports/import-params'
import { ImportTable } from '@/components/imports/import-table'
import { DropZone } from '@/components/imports/upload/drop-zone'
import { Panel } from '@/components/ui/layout/panel'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { Pagination } from '@/components/ui/lists/pagination'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { listCsvMappings } from '@/lib/queries/imports/csv-mappings'
import { listImports } from '@/lib/queries/imports/imports'

export async function SendSection() {
  const access = await requireAccess('imports:read')
  if (!holds(access, 'imports:write')) return null
  const mappings = await listCsvMappings(access)
  return <DropZone mappings={mappings.map(mapping => mapping.name)} mayClose={holds(access, 'imports:close')} />
}

export async function ImportsSection({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const [access, after, t] = await Promise.all([
    requireAccess('imports:read'),
    readImportList(searchParams),
    getTranslations('imports'),
  ])
  const page = await listImports(access, after.at(-1) ?? null)
  return (
    <Panel id="runs" title={t('list')}>
      <KeepFresh active={page.rows.some(run => run.state === 'queued' || run.state === 'running')} />
      {page.rows.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
      ) : (
        <ImportTable rows={page.rows} />
      )}
      <Pagination
        previous={after.length > 0 ? importsHref(after.slice(0, -1)) : null}
        next={page.next ? importsHref([...after, page.next]) : null}
      />
    </Panel>
  )
}
