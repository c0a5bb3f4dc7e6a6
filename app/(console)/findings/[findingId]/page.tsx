import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { FindingSection, findingTitle } from './sections'

interface Props {
  params: Promise<{ findingId: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await findingTitle(params) }
}

export default async function FindingPage({ params }: Props) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await findingTitle(params)
  return (
    <Suspense fallback={<PanelSkeleton lines={14} />}>
      <FindingSection params={params} />
    </Suspense>
  )
}
