import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { SettingsList } from '@/components/settings/settings-list'
import { PageShell } from '@/components/ui/layout/page-shell'
import { settingsPages } from './pages'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings')
  return { title: t('title') }
}

export default async function SettingsPage() {
  const t = await getTranslations('settings')
  return (
    <PageShell title={t('title')}>
      <SettingsList pages={await settingsPages()} />
    </PageShell>
  )
}
