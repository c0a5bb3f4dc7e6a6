'use client'

import { FailedPage } from '@/components/ui/recovery/failed-page'
import { useRetry } from '@/components/ui/recovery/use-retry'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const retry = useRetry(reset)
  return <FailedPage id={error.digest} retry={retry} />
}
