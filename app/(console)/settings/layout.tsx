import type { ReactNode } from 'react'
import { SettingsNav } from '@/components/settings/settings-nav'
import { settingsPages } from './pages'

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-[1240px] gap-4 2xl:grid-cols-[12rem_minmax(0,1fr)] print:block">
      <SettingsNav pages={await settingsPages()} />
      <div className="min-w-0">{children}</div>
    </div>
  )
}
