'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { orSay, sayDone } from '../../ui/overlays/toasts'

interface CancelRoundProps {
  id: number
  cancel: (input: { id: number }) => Promise<ActionResult<unknown>>
}

/** Cancels a round, after a confirmation. */
export function CancelRound({ id, cancel }: CancelRoundProps) {
  const t = useTranslations('settings.connections')
  const [open, setOpen] = useState(false)
  async function run() {
    const result = orSay(await cancel({ id }))
    setOpen(false)
    if (result !== null) sayDone(t('cancelled'))
  }
  return (
    <>
      <Button size="sm" variant="ghost" onPress={() => setOpen(true)}>
        {t('cancelRound')}
      </Button>
      <ConfirmDialog
        title={t('cancelTitle')}
        confirm={t('cancelRound')}
        danger
        open={open}
        onOpenChange={setOpen}
        onConfirm={run}
      >
        {t('cancelText')}
      </ConfirmDialog>
    </>
  )
}
