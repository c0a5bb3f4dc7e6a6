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

export default function ImportPage({ params }: Props) {
  return (
    <Suspense fallback={<PanelSkeleton lines={10} />}>
      <ImportSection params={params} />
    </Suspense>
  )
}
