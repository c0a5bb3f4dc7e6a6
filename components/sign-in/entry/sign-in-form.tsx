'use client'

import { useTranslations } from 'next-intl'
import { type ComponentProps, type FormEvent, useState, useTransition } from 'react'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { enter } from './enter'
import { PasskeySignIn } from './passkey/passkey-sign-in'
import { Or, type Provider, ProviderButtons } from './provider-buttons'
import { useHydrated } from './use-hydrated'

interface SignInFormProps {
  /** Where to go then: a path of this site. */
  target: string
  /** Whether passwords are in use; otherwise only providers sign people in. */
  passwords: boolean
  providers: readonly Provider[]
  /** How to begin with a passkey; null if passkeys are not available. */
  passkey: ComponentProps<typeof PasskeySignIn>['begin'] | null
  /** next-auth's error code of the last attempt. */
  problem: string | null
}

/** Sign-in by address and password, or by a provider. */
export function SignInForm({ target, passwords, providers, passkey, problem: before }: SignInFormProps) {
  const t = useTranslations('auth')
  const hydrated = useHydrated()
  const [pending, start] = useTransition()
  const [problem, setProblem] = useState(before)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    start(async () => {
      setProblem(null)
      setProblem(await enter(String(form.get('email')), String(form.get('password')), target).catch(() => 'Network'))
    })
  }
  const alert = (
    <p role="alert" className="text-bad empty:hidden">
      {problem ? t(t.has(`problems.${problem}`) ? `problems.${problem}` : 'problems.Default') : null}
    </p>
  )
  return (
    <>
      <h1 className="font-bold text-xl">{t('signIn')}</h1>
      {passwords ? (
        <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
          <TextField
            label={t('email')}
            name="email"
            type="email"
            autoComplete={passkey ? 'username webauthn' : 'username'}
            required
            autoFocus
          />
          <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
          {alert}
          <Button type="submit" variant="primary" fullWidth isPending={pending} isDisabled={!hydrated}>
            {t('signIn')}
          </Button>
        </form>
      ) : (
        alert
      )}
      {passkey ? (
        <>
          <Or />
          <PasskeySignIn target={target} begin={passkey} />
        </>
      ) : null}
      <ProviderButtons providers={providers} target={target} alone={!passwords || passkey !== null} />
      {passwords ? <p className="text-muted text-xs">{t('forgot')}</p> : null}
    </>
  )
}
