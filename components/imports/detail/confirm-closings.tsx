'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { importHref } from '../../findings/finding-links'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { orSay } from '../../ui/overlays/toasts'

interface ConfirmClosingsProps {
  id: number
  confirm: (input: { id: number }) => Promise<ActionResult<{ id: number }>>
}

/** Lets a lead confirm the closings of a complete report. Continues to the import that resolves the findings. */
export function ConfirmClosings({ id, confirm }: ConfirmClosingsProps) {
  const t = useTranslations('imports')
  const router = useRouter()
  const [open, setOpen] = useState(false)
  async function run() {
    const confirmed = orSay(await confirm({ id }))
    setOpen(false)
    if (confirmed) router.push(importHref(confirmed.id))
  }
  return (
    <div className="mt-3">
      <Button variant="primary" onPress={() => setOpen(true)}>
        {t('confirm')}
      </Button>
      <ConfirmDialog
        title={t('confirmTitle')}
        confirm={t('confirm')}
        open={open}
        onOpenChange={setOpen}
        onConfirm={run}
      >
        {t('confirmText')}
      </ConfirmDialog>
    </div>
  )
}
