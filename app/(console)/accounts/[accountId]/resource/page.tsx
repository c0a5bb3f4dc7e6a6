import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { type ResourceAddress, ResourceSection, resourceTitle } from './sections'

export async function generateMetadata(address: ResourceAddress): Promise<Metadata> {
  return { title: await resourceTitle(address) }
}

export default function ResourcePage(address: ResourceAddress) {
  return (
    <Suspense fallback={<PanelSkeleton lines={14} />}>
      <ResourceSection {...address} />
    </Suspense>
  )
}
