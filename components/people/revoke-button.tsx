'use client'

import { useState } from 'react'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/overlays/confirm-dialog'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { verifyFirst } from '../verify/verify-first'

interface RevokeButtonProps {
  id: string
  label: string
  /** The subject, which distinguishes this button from others of its kind. */
  name: string
  title: string
  text: string
  done: string
  /** Whether it cannot be undone. */
  danger?: boolean
  revoke: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** Revokes a link or a token, or changes its owner, after a confirmation. */
export function RevokeButton({ id, label, name, title, text, done, danger = true, revoke }: RevokeButtonProps) {
  const [open, setOpen] = useState(false)
  async function run() {
    const result = orSay(await verifyFirst(revoke)({ id }))
    setOpen(false)
    if (result !== null) sayDone(done)
  }
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`${label}: ${name}`} onPress={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog title={title} confirm={label} danger={danger} open={open} onOpenChange={setOpen} onConfirm={run}>
        {text}
      </ConfirmDialog>
    </>
  )
}
