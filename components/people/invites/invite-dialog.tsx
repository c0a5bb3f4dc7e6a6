'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { AccountName } from '@/lib/domain/people/views'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { type Standing, StandingFields } from '../standing-fields'
import { InviteLink } from './invite-link'

interface InviteDialogProps {
  accounts: readonly AccountName[]
  invite: (input: Standing & { email: string }) => Promise<ActionResult<{ token: string }>>
}

const NEW: Standing = { role: 'member', teams: [], limited: false, accounts: [] }

/** The button and the form to invite somebody, and then the link to pass on. */
export function InviteDialog({ accounts, invite }: InviteDialogProps) {
  const t = useTranslations('settings.members')
  const tCommon = useTranslations('common')
  const [open, setOpen] = useState(false)
  const [email, setEmail] = useState('')
  const [standing, setStanding] = useState(NEW)
  const [token, setToken] = useState<string | null>(null)
  const form = useAction(invite, made => setToken(made.token))

  function show(next: boolean) {
    // Not on closing: the form would show while the dialog fades out.
    if (next) {
      setEmail('')
      setStanding(NEW)
      setToken(null)
      form.clear()
    }
    setOpen(next)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ email, ...standing })
  }
  return (
    <>
      <Button variant="primary" onPress={() => show(true)}>
        {t('invite')}
      </Button>
      <Dialog title={t('invite')} open={open} onOpenChange={show} alert={token !== null}>
        {token ? (
          <InviteLink token={token} onClose={() => show(false)}>
            {t('inviteLink', { email })}
          </InviteLink>
        ) : (
          <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
            <TextField
              label={t('email')}
              type="email"
              autoComplete="off"
              required
              autoFocus
              value={email}
              onChange={setEmail}
              error={form.errorOf('email')}
            />
            <StandingFields value={standing} onChange={setStanding} accounts={accounts} errorOf={form.errorOf} />
            <FormError message={form.otherError('email', 'role', 'teams', 'accounts')} />
            <DialogActions>
              <Button onPress={() => show(false)}>{tCommon('cancel')}</Button>
              <Button type="submit" variant="primary" isPending={form.pending}>
                {t('makeLink')}
              </Button>
            </DialogActions>
          </form>
        )}
      </Dialog>
    </>
  )
}
