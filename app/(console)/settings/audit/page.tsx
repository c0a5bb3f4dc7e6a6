import type { Metadata } from 'next'
import { getLocale, getMessages, getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { z } from 'zod'
import { AuditFilters } from '@/components/audit/audit-filters'
import { auditHref } from '@/components/audit/audit-href'
import { AuditTable } from '@/components/audit/audit-table'
import { ChainFacts } from '@/components/audit/chain-facts'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { Pagination } from '@/components/ui/lists/pagination'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { withCanonicalFindings } from '@/lib/domain/controls/text/titles'
import type { AuditRow } from '@/lib/domain/people/views'
import { listAudit, listAuditActors } from '@/lib/queries/audit/audit'
import { chainState } from '@/lib/queries/chain/chain'
import { undo } from '../../findings/actions'

// An address that somebody edited shows the whole log rather than an error.
const Query = z.object({
  actor: z.uuid().nullable().catch(null),
  action: z.string().max(100).nullable().catch(null),
  from: z.iso.date().nullable().catch(null),
  to: z.iso.date().nullable().catch(null),
  cursor: z.string().max(100).nullable().catch(null),
})

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.audit')
  return { title: t('title') }
}

export default async function AuditPage({ searchParams }: PageProps<'/settings/audit'>) {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireAccess('audit:read')
  const t = await getTranslations('settings.audit')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={3} />}>
        <ChainSection />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <AuditSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}

async function ChainSection() {
  return <ChainFacts {...(await chainState(await requireAccess('audit:read')))} />
}

async function AuditSection({ searchParams }: Pick<PageProps<'/settings/audit'>, 'searchParams'>) {
  const access = await requireAccess('audit:read')
  const { cursor, ...filter } = Query.parse(await searchParams)
  const [{ rows, next }, actors, actions] = await Promise.all([
    listAudit(access, filter, cursor),
    listAuditActors(access),
    actionNames(),
  ])
  const options = actors.map(({ id, name, email }) => ({ id, label: email ? `${name} (${email})` : name }))
  return (
    <Panel>
      <AuditFilters filter={filter} actors={options} actions={actions} />
      <div className="mt-3">
        <AuditTable rows={await titled(rows)} undo={holds(access, 'findings:triage-any') ? undo : null} />
      </div>
      <Pagination previous={null} next={next ? auditHref(filter, next) : null} />
    </Panel>
  )
}

/** Findings under the canonical titles of their controls. */
async function titled(rows: readonly AuditRow[]): Promise<AuditRow[]> {
  return withCanonicalFindings(await getLocale(), rows)
}

const Names = z.object({ actions: z.record(z.string(), z.record(z.string(), z.string())) })

/** Every kind of change that has a name in the messages. */
async function actionNames(): Promise<{ id: string; label: string }[]> {
  const { audit } = await getMessages()
  const names = Names.parse(audit)
  return Object.entries(names.actions).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, label]) => ({ id: `${noun}.${verb}`, label })),
  )
}
