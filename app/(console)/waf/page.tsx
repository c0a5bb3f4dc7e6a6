import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { LogSignals } from '@/components/waf/log-signals'
import { EntrancesSection, LadderSection, ProtectionSection } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('waf')
  return { title: t('title') }
}

export default function WafPage({ searchParams }: Props) {
  const t = useTranslations('waf')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <LadderSection searchParams={searchParams} />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <EntrancesSection searchParams={searchParams} />
      </Suspense>
      <Suspense fallback={null}>
        <ProtectionSection />
      </Suspense>
      <Panel title={t('logSignals')}>
        <LogSignals />
      </Panel>
    </PageShell>
  )
}
