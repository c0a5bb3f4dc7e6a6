import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { SourceSection, sourceName } from './sections'

type Props = PageProps<'/sources/[source]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await sourceName(params) }
}

export default async function SourcePage({ params }: Props) {
  // Before anything is sent, so that an unknown source is answered with 404.
  await sourceName(params)
  return (
    <Suspense fallback={<PanelSkeleton lines={12} />}>
      <SourceSection params={params} />
    </Suspense>
  )
}
