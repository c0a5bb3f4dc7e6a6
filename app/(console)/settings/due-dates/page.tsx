import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { DuePolicyForm } from '@/components/policies/due-policy-form'
import { KnownExploitedPanel } from '@/components/policies/known-exploited-panel'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { getDuePolicy } from '@/lib/queries/policies/due-policy'
import { getKnownExploited } from '@/lib/queries/policies/known-exploited'
import { downloadKnownExploited, loadKnownExploited, preview, save } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.due-dates')
  return { title: t('title') }
}

export default async function DueDatesPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.due-dates')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <PolicySection />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={4} />}>
        <ListSection />
      </Suspense>
    </PageShell>
  )
}

async function PolicySection() {
  const access = await requireWholeAccess('accounts:manage', 'findings:read')
  const view = await getDuePolicy(access)
  return <DuePolicyForm key={view.version ?? 'first'} view={view} preview={preview} save={save} />
}

async function ListSection() {
  const access = await requireWholeAccess('accounts:manage')
  return (
    <KnownExploitedPanel
      view={await getKnownExploited(access)}
      load={loadKnownExploited}
      update={downloadKnownExploited}
    />
  )
}
