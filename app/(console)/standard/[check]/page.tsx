import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton, SkeletonLine } from '@/components/ui/skeletons'
import { CheckActions, CheckSection, Heading, Lead, title } from './sections'

interface Props {
  params: Promise<{ check: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await title(params) }
}

export default function CheckPage({ params, searchParams }: Props) {
  return (
    <PageShell
      title={
        <Suspense fallback={<SkeletonLine className="w-48" />}>
          <Heading params={params} />
        </Suspense>
      }
      lead={
        <Suspense fallback={null}>
          <Lead />
        </Suspense>
      }
      actions={
        <Suspense fallback={null}>
          <CheckActions />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <CheckSection params={params} searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
