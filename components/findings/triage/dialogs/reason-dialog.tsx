'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../../ui/overlays/dialog'

interface ReasonDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  onChoose: (reason: string) => void
}

/** Asks why findings are resolved by a person, since their sources still report them. */
export function ReasonDialog({ open, onOpenChange, onChoose }: ReasonDialogProps) {
  const t = useTranslations('findings')
  const tStatus = useTranslations('status')
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string | null>(null)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (reason.trim() === '') setError(t('resolveMissing'))
    else onChoose(reason)
  }
  return (
    <Dialog title={tStatus('resolved')} open={open} onOpenChange={onOpenChange} size="sm">
      <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-2">
        <TextField
          label={t('reason')}
          rows={3}
          value={reason}
          onChange={value => {
            setReason(value)
            setError(null)
          }}
          error={error}
          description={t('resolveHint')}
        />
        <DialogActions>
          <Button type="submit" variant="primary">
            {t('resolve')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
