'use client'

import { FailedPage } from '@/components/ui/failed-page'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <FailedPage id={error.digest} retry={reset} />
}
