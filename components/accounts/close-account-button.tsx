'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState, useTransition } from 'react'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone, sayFailed } from '../ui/overlays/toasts'

interface CloseAccountButtonProps {
  id: string
  closed: boolean
  close: (input: { id: string; reason: string }) => Promise<ActionResult<unknown>>
  reopen: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** Marks an account as removed from the organization, with a reason, or restores it. */
export function CloseAccountButton({ id, closed, close, reopen }: CloseAccountButtonProps) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [pending, start] = useTransition()

  function show(next: boolean) {
    setReason('')
    setError(null)
    setOpen(next)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    if (reason.trim() === '') {
      setError(t('account.closeReasonMissing'))
      return
    }
    start(async () => {
      try {
        const result = await close({ id, reason: reason.trim() })
        if (!result.ok) {
          setError(result.message)
          return
        }
        setOpen(false)
        sayDone(t('account.closeDone'))
      } catch {
        setError(t('common.failedNow'))
      }
    })
  }
  function takeBack() {
    start(async () => {
      try {
        const result = await reopen({ id })
        if (result.ok) sayDone(t('account.reopenDone'))
        else sayFailed(result.message)
      } catch {
        sayFailed(t('common.failedNow'))
      }
    })
  }
  if (closed) {
    return (
      <Button isPending={pending} onPress={takeBack}>
        {t('account.reopen')}
      </Button>
    )
  }
  return (
    <>
      <Button onPress={() => show(true)}>{t('account.close')}</Button>
      <Dialog title={t('account.closeTitle')} open={open} onOpenChange={show}>
        <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-3">
          <p className="text-muted">{t('account.closeText')}</p>
          <TextField
            label={t('account.closeReason')}
            maxLength={500}
            required
            value={reason}
            onChange={text => {
              setReason(text)
              setError(null)
            }}
            error={error}
          />
          <DialogActions>
            <Button onPress={() => show(false)}>{t('common.cancel')}</Button>
            <Button type="submit" variant="primary" isPending={pending}>
              {t('account.close')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
