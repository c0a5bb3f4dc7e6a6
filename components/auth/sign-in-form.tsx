'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState, useTransition } from 'react'
import { Button } from '../ui/button'
import { TextField } from '../ui/text-field'
import { enter } from './enter'
import { type Provider, ProviderButtons } from './provider-buttons'
import { useHydrated } from './use-hydrated'

interface SignInFormProps {
  /** Where to go then: a path of this site. */
  target: string
  providers: readonly Provider[]
  /** next-auth's code of what went wrong before. */
  problem: string | null
}

/** Sign-in by address and password, or by a provider. */
export function SignInForm({ target, providers, problem: before }: SignInFormProps) {
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
  return (
    <>
      <h1 className="font-bold text-xl">{t('signIn')}</h1>
      <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
        <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
        <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
        <p role="alert" className="text-bad empty:hidden">
          {problem ? t(t.has(`problems.${problem}`) ? `problems.${problem}` : 'problems.Default') : null}
        </p>
        <Button type="submit" variant="primary" fullWidth isPending={pending} isDisabled={!hydrated}>
          {t('signIn')}
        </Button>
      </form>
      <ProviderButtons providers={providers} target={target} />
      <p className="text-muted text-xs">{t('forgot')}</p>
    </>
  )
}
