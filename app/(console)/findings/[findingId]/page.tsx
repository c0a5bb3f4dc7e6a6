import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { FindingSection, findingTitle } from './sections'

export async function generateMetadata({ params }: PageProps<'/findings/[findingId]'>): Promise<Metadata> {
  return { title: await findingTitle(params) }
}

export default function FindingPage({ params }: PageProps<'/findings/[findingId]'>) {
  return (
    <Suspense fallback={<PanelSkeleton lines={14} />}>
      <FindingSection params={params} />
    </Suspense>
  )
}
