import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { FrameworkTable } from '@/components/frameworks/framework-table'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { listFrameworks } from '@/lib/queries/feeds/framework-evidence'
import { proveRecent } from '../actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('frameworks')
  return { title: t('title') }
}

export default function FrameworksPage() {
  const t = useTranslations('frameworks')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <FrameworksSection />
      </Suspense>
    </PageShell>
  )
}

async function FrameworksSection() {
  const access = await requireAccess('findings:read')
  const rows = await listFrameworks(access)
  const t = await getTranslations('frameworks')
  return (
    <Panel>
      <FrameworkTable rows={rows} mayExport={holds(access, 'export:read')} prove={proveRecent} />
      <ul className="list-disc ps-5 pt-3 text-muted text-xs">
        {(['failing', 'passing', 'unknown', 'requirements'] as const).map(rule => (
          <li key={rule}>{t(`rules.${rule}`)}</li>
        ))}
      </ul>
    </Panel>
  )
}
