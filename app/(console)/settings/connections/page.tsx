import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { ConnectionDialog } from '@/components/collection/connections/connection-dialog'
import { ConnectionList } from '@/components/collection/connections/connection-list'
import { isOpen } from '@/components/collection/connections/round-progress'
import { KeepFresh } from '@/components/imports/detail/keep-fresh'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { listConnections } from '@/lib/queries/collection/connections'
import { add, change, remove, start } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.connections')
  return { title: t('title') }
}

export default async function ConnectionsPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  const access = await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.connections')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={holds(access, 'connections:manage') ? <ConnectionDialog add={add} /> : null}
    >
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <ConnectionsSection />
      </Suspense>
    </PageShell>
  )
}

async function ConnectionsSection() {
  const [access, t] = await Promise.all([
    requireWholeAccess('accounts:manage'),
    getTranslations('settings.connections'),
  ])
  const rows = await listConnections(access)
  const mayChange = holds(access, 'connections:manage')
  return (
    <Panel>
      <KeepFresh active={rows.some(({ rounds }) => rounds.some(isOpen))} />
      {rows.length > 0 ? (
        <ConnectionList rows={rows} start={start} {...(mayChange && { manage: { change, remove } })} />
      ) : (
        <EmptyState title={t('none')}>
          <p>{t('noneText')}</p>
          {mayChange ? null : <p className="mt-2">{t('noneForLeads')}</p>}
        </EmptyState>
      )}
    </Panel>
  )
}
