import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { StandardPageForm } from '@/components/standard/settings/standard-page-form'
import { StandardPolicyForm } from '@/components/standard/settings/standard-policy-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { getStandardPage, getStandardPolicy } from '@/lib/queries/standard/settings'
import { savePage, savePolicy } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.standard')
  return { title: t('title') }
}

export default async function StandardSettingsPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.standard')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <SettingsSection />
      </Suspense>
    </PageShell>
  )
}

async function SettingsSection() {
  const access = await requireWholeAccess('accounts:manage', 'findings:read')
  const [policy, page] = await Promise.all([getStandardPolicy(access), getStandardPage(access)])
  return (
    <>
      <StandardPolicyForm key={policy.version ?? 'first'} view={policy} save={savePolicy} />
      <StandardPageForm key={`page ${page.version ?? 'first'}`} view={page} save={savePage} />
    </>
  )
}
