'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { importHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { orSay } from '../../ui/overlays/toasts'

interface RetryImportProps {
  id: number
  retry: (input: { id: number }) => Promise<ActionResult<{ id: number }>>
}

/** Imports the report of a failed import again, and continues to the new import. */
export function RetryImport({ id, retry }: RetryImportProps) {
  const t = useTranslations('imports.retry')
  const router = useRouter()
  const [pending, setPending] = useState(false)
  async function run() {
    setPending(true)
    const queued = orSay(await retry({ id }))
    setPending(false)
    if (queued) router.push(importHref(queued.id))
  }
  return (
    <div className="mt-2 flex flex-wrap items-center gap-3">
      <Button variant="primary" onPress={run} isPending={pending}>
        {t('button')}
      </Button>
      <span className="text-muted text-xs">{t('hint')}</span>
    </div>
  )
}
