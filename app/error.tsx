'use client'

import { FailedPage } from '@/components/ui/failed-page'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <FailedPage id={error.digest} retry={reset} />
    </main>
  )
}
