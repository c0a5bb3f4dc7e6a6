import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { ControlSeveritiesForm } from '@/components/policies/control-severities-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { getControlSeverities } from '@/lib/queries/policies/control-severity'
import { save } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.severities')
  return { title: t('title') }
}

export default async function SeveritiesPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.severities')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={4} />}>
        <SeveritiesSection />
      </Suspense>
    </PageShell>
  )
}

async function SeveritiesSection() {
  const access = await requireWholeAccess('accounts:manage', 'findings:read')
  const view = await getControlSeverities(access)
  return <ControlSeveritiesForm key={view.version ?? 'first'} view={view} save={save} />
}
