'use client'

import { I18nProvider, RouterProvider } from '@heroui/react'
import { useRouter } from 'next/navigation'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { ToastArea } from './overlays/toasts'
import { Recovery } from './recovery/recovery'

/** The context of all components: the language of built-in labels, the router, the address. */
export function Providers({ locale, children }: { locale: string; children: ReactNode }) {
  const router = useRouter()
  return (
    <I18nProvider locale={locale}>
      <RouterProvider navigate={href => router.push(href)}>
        <NuqsAdapter>
          {children}
          <Recovery />
          <ToastArea />
        </NuqsAdapter>
      </RouterProvider>
    </I18nProvider>
  )
}
