'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import { orSay, sayDone } from '../../ui/overlays/toasts'

interface RemoveKeyProps {
  id: string
  prefix: string
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** Revokes a key, after a question: its sender is refused at once. */
export function RemoveKey({ id, prefix, remove }: RemoveKeyProps) {
  const t = useTranslations('settings.connections.events')
  const [open, setOpen] = useState(false)
  async function confirm() {
    const result = orSay(await remove({ id }))
    setOpen(false)
    if (result !== null) sayDone(t('keyRemoved'))
  }
  return (
    <>
      <Button variant="ghost" size="sm" aria-label={t('removeNamed', { name: prefix })} onPress={() => setOpen(true)}>
        {t('revoke')}
      </Button>
      <ConfirmDialog
        title={t('removeKey')}
        confirm={t('revoke')}
        danger
        open={open}
        onOpenChange={setOpen}
        onConfirm={confirm}
      >
        {t('removeKeyText')}
      </ConfirmDialog>
    </>
  )
}
