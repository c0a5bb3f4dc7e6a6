import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { CsvMappings } from '@/components/imports/csv/csv-mappings'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { listCsvMappings } from '@/lib/queries/imports/csv-mappings'
import { drop, preview, save } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.csv')
  return { title: t('title') }
}

export default async function CsvPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.csv')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <MappingsSection />
      </Suspense>
    </PageShell>
  )
}

async function MappingsSection() {
  const access = await requireWholeAccess('accounts:manage', 'imports:read')
  return <CsvMappings rows={await listCsvMappings(access)} preview={preview} save={save} drop={drop} />
}
