'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useEffect, useState } from 'react'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { PasskeyButton, type PasskeyProofActions } from '../sign-in/entry/passkey/passkey-button'
import { Or, type Provider, ProviderButtons } from '../sign-in/entry/provider-buttons'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { askBy } from './verify-first'

interface VerifyDialogProps {
  /** For password managers: whose password this is. */
  email: string
  /** Whether the reader signs in by password; otherwise only a provider can confirm the identity. */
  byPassword: boolean
  providers: readonly Provider[]
  verify: (input: { password: string }) => Promise<ActionResult<unknown>>
  /** How to answer with a passkey; null if the reader has none, or none works at this address. */
  passkey: PasskeyProofActions | null
}

type Answer = (isVerified: boolean) => void

/** Asks readers to confirm their identity when an action requires it. Rendered once, in the frame. */
export function VerifyDialog(props: VerifyDialogProps) {
  const t = useTranslations('verify')
  const [answer, setAnswer] = useState<Answer | null>(null)
  useEffect(() => {
    const ask = (resolve: Answer) =>
      // If two actions ask at once, the first one is cancelled.
      setAnswer((before: Answer | null) => {
        before?.(false)
        return resolve
      })
    return askBy(() => new Promise(ask))
  }, [])
  function close(isVerified: boolean) {
    answer?.(isVerified)
    setAnswer(null)
  }
  return (
    <Dialog
      title={t('title')}
      open={answer !== null}
      onOpenChange={open => !open && close(false)}
      size="sm"
      alert
      onTop
    >
      <VerifyForm {...props} onDone={close} />
    </Dialog>
  )
}

function VerifyForm({
  email,
  byPassword,
  providers,
  verify,
  passkey,
  onDone,
}: VerifyDialogProps & { onDone: (is: boolean) => void }) {
  const t = useTranslations()
  const [password, setPassword] = useState('')
  const form = useAction(verify, () => onDone(true))
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ password })
  }
  const cancel = <Button onPress={() => onDone(false)}>{t('common.cancel')}</Button>
  const byPasskey = passkey ? (
    <PasskeyButton label={t('passkeys.use')} actions={passkey} onDone={() => onDone(true)} />
  ) : null
  if (!byPassword) {
    const way = providers.length > 0 ? 'verify.provider' : byPasskey ? 'verify.passkey' : 'verify.noWay'
    return (
      <div className="flex flex-col gap-3">
        <p className="text-muted">{t(way)}</p>
        {byPasskey}
        <ProviderButtons providers={providers} target={placeOf(window.location)} alone again />
        <DialogActions>{cancel}</DialogActions>
      </div>
    )
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <p className="text-muted">{t(byPasskey ? 'verify.textOrPasskey' : 'verify.text')}</p>
      {byPasskey ? (
        <>
          {byPasskey}
          <Or />
        </>
      ) : null}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <TextField
        label={t('verify.password')}
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onChange={setPassword}
        error={form.errorOf('password')}
      />
      <FormError message={form.otherError('password')} />
      <DialogActions>
        {cancel}
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('verify.confirm')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** The page to which a provider returns the reader: the current one. */
function placeOf({ pathname, search }: Location): string {
  return `${pathname}${search}`
}
