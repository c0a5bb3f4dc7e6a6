import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import {
  Actions,
  DelegationSection,
  EventsSection,
  Facts,
  load,
  RoundsSection,
  SetupSection,
  WriteBackSection,
} from './sections'

interface Props {
  params: Promise<{ id: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await load(params)).connection.name }
}

export default async function ConnectionPage({ params }: Props) {
  // Before anything is sent, so that the answer to others is a plain 403.
  const { connection } = await load(params)
  return (
    <PageShell title={connection.name} lead={<Facts params={params} />} actions={<Actions params={params} />}>
      <RoundsSection params={params} />
      <Suspense fallback={<PanelSkeleton lines={4} />}>
        <EventsSection params={params} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={4} />}>
        <WriteBackSection params={params} />
      </Suspense>
      <Suspense fallback={null}>
        <DelegationSection params={params} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={12} />}>
        <SetupSection params={params} />
      </Suspense>
    </PageShell>
  )
}
