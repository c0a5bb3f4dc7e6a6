import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton, SkeletonLine } from '@/components/ui/skeletons'
import { FactsSection, Heading, Lead, ReasonsSection, ReplacementSection, title } from './sections'

interface Props {
  params: Promise<{ accountId: string; keyId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await title(params) }
}

export default async function AccessKeyPage({ params, searchParams }: Props) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await title(params)
  return (
    <PageShell
      title={
        <Suspense fallback={<SkeletonLine className="w-48" />}>
          <Heading params={params} />
        </Suspense>
      }
      lead={
        <Suspense fallback={null}>
          <Lead params={params} />
        </Suspense>
      }
    >
      <div className="grid gap-3.5 lg:grid-cols-2">
        <Suspense fallback={<PanelSkeleton lines={8} />}>
          <FactsSection params={params} />
        </Suspense>
        <Suspense fallback={<PanelSkeleton lines={8} />}>
          <ReasonsSection params={params} />
        </Suspense>
      </div>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <ReplacementSection params={params} searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
