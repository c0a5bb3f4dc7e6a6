import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { ControlSection, controlTitle, type Search } from './sections'

interface Props {
  searchParams: Search
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: await controlTitle(searchParams) }
}

/** A control has any characters in its name, slashes included, so that it is a parameter. */
export default async function ControlPage({ searchParams }: Props) {
  // Before anything is sent, so that an unknown control is answered with 404.
  await controlTitle(searchParams)
  return (
    <Suspense fallback={<PanelSkeleton lines={14} />}>
      <ControlSection searchParams={searchParams} />
    </Suspense>
  )
}
