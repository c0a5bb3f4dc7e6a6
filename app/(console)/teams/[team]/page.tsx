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

export default function HomePage({ params }: Props) {
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
