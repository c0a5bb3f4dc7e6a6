import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton, SkeletonLine } from '@/components/ui/skeletons'
import { EntranceSection, Heading, Lead, title } from './sections'

interface Props {
  params: Promise<{ accountId: string; entranceId: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await title(params) }
}

export default async function EntrancePage({ params }: Props) {
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
          <Lead />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <EntranceSection params={params} />
      </Suspense>
    </PageShell>
  )
}
