import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { type ResourceAddress, ResourceSection, resourceTitle } from './sections'

export async function generateMetadata(address: ResourceAddress): Promise<Metadata> {
  return { title: await resourceTitle(address) }
}

export default async function ResourcePage(address: ResourceAddress) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await resourceTitle(address)
  return (
    <Suspense fallback={<PanelSkeleton lines={14} />}>
      <ResourceSection {...address} />
    </Suspense>
  )
}
