import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { DocumentSection } from './sections'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('standard.document')
  return { title: t('title') }
}

export default function StandardDocumentPage() {
  return (
    <Suspense fallback={<PanelSkeleton lines={12} />}>
      <DocumentSection />
    </Suspense>
  )
}
