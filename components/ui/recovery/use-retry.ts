'use client'

import { useRouter } from 'next/navigation'
import { startTransition } from 'react'

/** Asks the server for the page of an error boundary again, and shows it. */
export function useRetry(reset: () => void): () => void {
  const router = useRouter()
  return () =>
    startTransition(() => {
      router.refresh()
      reset()
    })
}
