'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** False until the page is interactive: a form that is sent earlier would be lost. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
