import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { ImportSection, importTitle } from './sections'

export async function generateMetadata({ params }: PageProps<'/imports/[importId]'>): Promise<Metadata> {
  return { title: await importTitle(params) }
}

export default function ImportPage({ params }: PageProps<'/imports/[importId]'>) {
  return (
    <Suspense fallback={<PanelSkeleton lines={10} />}>
      <ImportSection params={params} />
    </Suspense>
  )
}
