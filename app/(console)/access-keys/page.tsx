import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { findingsHref } from '@/components/findings/list/finding-params'
import { PageShell } from '@/components/ui/layout/page-shell'
import { LinkButton } from '@/components/ui/link-button'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { OWN_FEED } from '@/lib/domain/collection/collectors'
import { KeysSection, ProgressSection } from './sections'

/** Findings of roles that others can assume, and of their identity providers. */
const TRUST_FINDINGS = { source: [OWN_FEED], category: ['cicd' as const, 'roles' as const] }

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('accessKeys')
  return { title: t('title') }
}

export default function AccessKeysPage({ searchParams }: Props) {
  const t = useTranslations('accessKeys')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={<LinkButton href={findingsHref(TRUST_FINDINGS)}>{t('toTrust')}</LinkButton>}
    >
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <ProgressSection />
      </Suspense>
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <KeysSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
