import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { CoverageSection } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('coverage')
  return { title: t('title') }
}

export default function CoveragePage({ searchParams }: Props) {
  const t = useTranslations('coverage')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <CoverageSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
