'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactNode, useState } from 'react'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { sayDone } from '../../ui/overlays/toasts'

interface NoteDialogProps {
  /** The labels of the button that opens it and of the one that confirms. */
  label: string
  /** The subject, which distinguishes this button from others of its kind. */
  name: string
  title: string
  done: string
  danger?: boolean
  primary?: boolean
  /** Whether nothing happens without a note. */
  required?: boolean
  children: ReactNode
  onOpen?: () => void
  run: (note: string) => Promise<ActionResult<unknown>>
}

/** A button that asks for confirmation, with a field for a note. */
export function NoteDialog({
  label,
  name,
  title,
  done,
  danger,
  primary,
  required,
  children,
  onOpen,
  run,
}: NoteDialogProps) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const form = useAction(run, () => {
    setOpen(false)
    sayDone(done)
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit(note)
  }
  return (
    <>
      <Button
        size="sm"
        variant={primary ? 'primary' : 'secondary'}
        aria-label={`${label}: ${name}`}
        onPress={() => {
          form.clear()
          onOpen?.()
          setOpen(true)
        }}
      >
        {label}
      </Button>
      <Dialog title={title} open={open} onOpenChange={setOpen} size="sm" alert>
        <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-3">
          <div className="text-muted">{children}</div>
          <TextField
            label={t('exceptions.note')}
            rows={3}
            required={required ?? false}
            maxLength={2000}
            value={note}
            onChange={setNote}
            error={form.errorOf('note')}
          />
          <FormError message={form.otherError('note')} />
          <DialogActions>
            <Button onPress={() => setOpen(false)}>{t('common.cancel')}</Button>
            <Button type="submit" variant={danger ? 'danger' : 'primary'} isPending={form.pending}>
              {label}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  )
}
