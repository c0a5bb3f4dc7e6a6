'use client'

import { useRouter } from 'next/navigation'
import { startTransition } from 'react'

/** Loads the page of an error boundary again. */
export function useRetry(reset: () => void): () => void {
  const router = useRouter()
  return () =>
    startTransition(() => {
      router.refresh()
      reset()
    })
}
