'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** False until the page can react: a form sent before would be lost. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
