'use client'

import { useTranslations } from 'next-intl'
import { useState, useTransition } from 'react'
import type { AddEventKey } from '@/lib/domain/collection/events/queue'
import { SecretOnce } from '../../settings/secret-once'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { orSay, sayFailed } from '../../ui/overlays/toasts'
import { verifyFirst } from '../../verify/verify-first'

interface NewKeyProps {
  connection: string
  address: string | null
  /** Whether there is a key already, which this one replaces. */
  replaces: boolean
  add: (input: AddEventKey) => Promise<ActionResult<{ key: string }>>
}

/** The button to create a key, and then the key with where to enter it, shown once. */
export function NewKey({ connection, address, replaces, add }: NewKeyProps) {
  const t = useTranslations()
  const te = useTranslations('settings.connections.events')
  const [key, setKey] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const [pending, start] = useTransition()
  function create() {
    start(async () => {
      try {
        const made = orSay(await verifyFirst(add)({ connection }))
        if (made === null) return
        setKey(made.key)
        setOpen(true)
      } catch {
        sayFailed(t('common.failedNow'))
      }
    })
  }
  return (
    <div>
      <Button isPending={pending} onPress={create}>
        {te(replaces ? 'replaceKey' : 'createKey')}
      </Button>
      <Dialog title={te('newKey')} open={open} onOpenChange={setOpen} alert>
        <div className="mt-3 flex flex-col gap-3">
          <SecretOnce label={te('copyKey')} text={key ?? ''}>
            {te('once')}
          </SecretOnce>
          <p className="text-pretty">{te('destinationSteps')}</p>
          {address ? (
            <div className="flex items-center gap-1 rounded-lg bg-surface-secondary ps-3 pe-1">
              <code className="min-w-0 flex-1 break-all py-1.5 text-xs">{address}</code>
              <CopyButton text={address} label={te('copyAddress')} />
            </div>
          ) : null}
          <DialogActions>
            <Button variant="primary" onPress={() => setOpen(false)}>
              {te('kept')}
            </Button>
          </DialogActions>
        </div>
      </Dialog>
    </div>
  )
}
