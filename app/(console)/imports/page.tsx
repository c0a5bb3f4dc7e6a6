import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { ImportsSection, SendSection } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('imports')
  return { title: t('title') }
}

export default function ImportsPage({ searchParams }: Props) {
  const t = useTranslations('imports')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={5} />}>
        <SendSection />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <ImportsSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
