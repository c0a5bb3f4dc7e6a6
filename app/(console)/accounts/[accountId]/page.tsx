import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton, SkeletonLine, StatsSkeleton } from '@/components/ui/skeletons'
import {
  AccountFindings,
  ContactsSection,
  EditButton,
  Facts,
  Figures,
  Heading,
  name,
  StandardChecks,
  Trends,
} from './sections'

interface Props {
  params: Promise<{ accountId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: await name(params) }
}

export default async function AccountPage({ params, searchParams }: Props) {
  // Before anything is sent, so that the answer for an unknown one has the status 404.
  await name(params)
  return (
    <PageShell
      title={
        <Suspense fallback={<SkeletonLine className="w-48" />}>
          <Heading params={params} />
        </Suspense>
      }
      lead={
        <Suspense fallback={null}>
          <Facts params={params} />
        </Suspense>
      }
      actions={
        <Suspense fallback={null}>
          <EditButton params={params} />
        </Suspense>
      }
    >
      <Suspense fallback={<StatsSkeleton />}>
        <Figures params={params} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <StandardChecks params={params} />
      </Suspense>
      <Suspense fallback={null}>
        <ContactsSection params={params} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <Trends params={params} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <AccountFindings params={params} searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
