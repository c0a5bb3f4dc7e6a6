import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton, StatsSkeleton } from '@/components/ui/skeletons'
import { HomeSection, homeTitle } from './sections'

interface Props {
  params: Promise<{ team: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await homeTitle(params) }
}

export default async function HomePage({ params }: Props) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await homeTitle(params)
  return (
    <Suspense
      fallback={
        <div className="flex flex-col gap-3.5">
          <StatsSkeleton />
          <PanelSkeleton lines={8} />
        </div>
      }
    >
      <HomeSection params={params} />
    </Suspense>
  )
}
