import { cleanup, configure, type RenderOptions, render, renderHook } from '@testing-library/react'
import { AppRouterContext, type AppRouterInstance } from 'next/dist/shared/lib/app-router-context.shared-runtime'
import { NextIntlClientProvider } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, vi } from 'vitest'
import { TeamsProvider } from '../../components/teams/teams-context'
import messages from '../../messages/en.json'
import { firstTeams } from './teams'

// Rendering a form with many lists takes seconds on a busy machine.
configure({ asyncUtilTimeout: 30_000 })
vi.setConfig({ testTimeout: 120_000 })

/** No tested component navigates yet. */
const router: AppRouterInstance = {
  bfcacheId: '',
  back: () => {},
  forward: () => {},
  refresh: () => {},
  prefetch: () => {},
  push: () => {},
  replace: () => {},
}

/** The context that components need: the English texts, the teams and a router. */
function Around({ children }: { children: ReactNode }) {
  return (
    <AppRouterContext.Provider value={router}>
      <NextIntlClientProvider locale="en" timeZone="UTC" messages={messages}>
        <TeamsProvider teams={firstTeams}>{children}</TeamsProvider>
      </NextIntlClientProvider>
    </AppRouterContext.Provider>
  )
}

const options = { wrapper: Around } satisfies RenderOptions

export const show = (element: ReactElement) => render(element, options)
export const showHook = <T,>(hook: () => T) => renderHook(hook, options)

afterEach(cleanup)
