import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { ExceptionsSection, RuleButton } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('exceptions')
  return { title: t('title') }
}

export default function ExceptionsPage({ searchParams }: Props) {
  const t = useTranslations('exceptions')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={
        <Suspense fallback={null}>
          <RuleButton />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <ExceptionsSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
