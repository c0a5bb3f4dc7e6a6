import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PanelSkeleton, StatsSkeleton } from '@/components/ui/skeletons'
import { HomeSection, homeTitle } from './sections'

export async function generateMetadata({ params }: PageProps<'/[team]'>): Promise<Metadata> {
  return { title: await homeTitle(params) }
}

export default function HomePage({ params }: PageProps<'/[team]'>) {
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
