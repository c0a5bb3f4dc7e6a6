'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { Button } from '../button'
import { Dialog, DialogActions } from './dialog'

interface ConfirmDialogProps {
  title: string
  /** The effect, and whether it can be undone. */
  children: ReactNode
  /** The label of the confirming button: a verb, never "OK". */
  confirm: string
  danger?: boolean
  open: boolean
  onOpenChange: (open: boolean) => void
  onConfirm: () => void | Promise<void>
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, danger = false, open, onOpenChange, onConfirm } = props
  const t = useTranslations('common')
  const [pending, setPending] = useState(false)
  async function run() {
    setPending(true)
    try {
      await onConfirm()
    } finally {
      setPending(false)
    }
  }
  return (
    <Dialog title={title} open={open} onOpenChange={onOpenChange} size="sm" alert>
      <div className="text-muted">{children}</div>
      <DialogActions>
        <Button onPress={() => onOpenChange(false)}>{t('cancel')}</Button>
        <Button variant={danger ? 'danger' : 'primary'} isPending={pending} onPress={run}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
