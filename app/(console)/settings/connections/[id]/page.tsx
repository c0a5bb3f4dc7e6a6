import type { Metadata } from 'next'
import { Suspense } from 'react'
import { stateOfConnection } from '@/components/collection/connections/connection-state'
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
  const setup = (
    <Suspense fallback={<PanelSkeleton lines={12} />}>
      <SetupSection params={params} />
    </Suspense>
  )
  // Until it has started, the steps come before what is optional.
  const isNew = stateOfConnection(connection) === 'setup'
  return (
    <PageShell title={connection.name} lead={<Facts params={params} />} actions={<Actions params={params} />}>
      {isNew ? setup : null}
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
      {isNew ? null : setup}
    </PageShell>
  )
}
