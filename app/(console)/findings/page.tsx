import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { FindingsSection, FindingsTitle } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('findings')
  return { title: t('title') }
}

export default function FindingsPage({ searchParams }: Props) {
  return (
    <PageShell title={<FindingsTitle searchParams={searchParams} />}>
      <Suspense fallback={<PanelSkeleton lines={12} />}>
        <FindingsSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
