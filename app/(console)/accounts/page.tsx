import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { AccountsSection, RegisterButton } from './sections'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('accounts')
  return { title: t('title') }
}

export default function AccountsPage({ searchParams }: Props) {
  const t = useTranslations('accounts')
  return (
    <PageShell
      title={t('title')}
      actions={
        <Suspense fallback={null}>
          <RegisterButton />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={10} />}>
        <AccountsSection searchParams={searchParams} />
      </Suspense>
    </PageShell>
  )
}
