import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { FactorPolicyForm } from '@/components/sign-in/factor-policy-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { getFactorPolicy } from '@/lib/queries/sign-in/second-factors'
import { savePolicy } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.sign-in')
  return { title: t('title') }
}

export default async function SignInSettingsPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireAccess('members:manage')
  const t = await getTranslations('settings.sign-in')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <PolicySection />
      </Suspense>
    </PageShell>
  )
}

async function PolicySection() {
  const access = await requireAccess('members:manage')
  return <FactorPolicyForm rows={await getFactorPolicy(access)} save={savePolicy} />
}
