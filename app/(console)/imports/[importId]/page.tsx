import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { ImportSection, importTitle } from './sections'

interface Props {
  params: Promise<{ importId: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await importTitle(params) }
}

export default async function ImportPage({ params }: Props) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await importTitle(params)
  return (
    <Suspense fallback={<PanelSkeleton lines={10} />}>
      <ImportSection params={params} />
    </Suspense>
  )
}
