import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { StandardActions, StandardSection } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('standard')
  return { title: t('title') }
}

export default function StandardPage({ searchParams }: Props) {
  const t = useTranslations('standard')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={
        <Suspense fallback={null}>
          <StandardActions />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={12} />}>
        <StandardSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
