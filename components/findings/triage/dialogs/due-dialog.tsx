'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../../ui/overlays/dialog'

interface DueDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** The day that the field starts with, as YYYY-MM-DD. */
  start?: string
  /** null removes the due date. */
  onChoose: (day: string | null, reason: string) => void
}

/** Sets the due date of findings. */
export function DueDialog({ open, onOpenChange, start = '', onChoose }: DueDialogProps) {
  const t = useTranslations('findings')
  const tCommon = useTranslations('common')
  const [day, setDay] = useState(start)
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string | null>(null)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (/^\d{4}-\d{2}-\d{2}$/.test(day)) onChoose(day, reason)
    else setError(t('dueMissing'))
  }
  return (
    <Dialog title={t('setDue')} open={open} onOpenChange={onOpenChange} size="sm">
      <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-2">
        <TextField
          label={t('due')}
          type="date"
          value={day}
          onChange={value => {
            setDay(value)
            setError(null)
          }}
          error={error}
          description={t('dueHint')}
        />
        <TextField label={t('reason')} rows={2} value={reason} onChange={setReason} description={t('dueReasonHint')} />
        <DialogActions>
          <Button onPress={() => onChoose(null, reason)}>{t('clearDue')}</Button>
          <Button type="submit" variant="primary">
            {tCommon('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
