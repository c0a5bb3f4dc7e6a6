import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { ClosingLimitForm } from '@/components/policies/closing-limit-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { getClosingLimit } from '@/lib/queries/feeds/closing-limit'
import { save } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.closing')
  return { title: t('title') }
}

export default async function ClosingPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('imports:confirm')
  const t = await getTranslations('settings.closing')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={4} />}>
        <LimitSection />
      </Suspense>
    </PageShell>
  )
}

async function LimitSection() {
  const access = await requireWholeAccess('imports:confirm')
  return <ClosingLimitForm limit={await getClosingLimit(access)} save={save} />
}
