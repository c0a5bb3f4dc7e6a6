'use client'

import { useTranslations } from 'next-intl'
import type { FormEvent } from 'react'
import { FormError } from '../../../settings/form-error'
import type { ActionResult } from '../../../ui/action-result'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/forms/text-field'
import { useEntry } from '../use-entry'

interface SetupFormProps {
  token: string
  claim: (input: {
    token: string
    name: string
    email: string
    password: string
  }) => Promise<ActionResult<{ email: string }>>
}

/** The first administrator's form. */
export function SetupForm({ token, claim }: SetupFormProps) {
  const t = useTranslations('auth')
  const form = useEntry(claim)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const [name, email, password] = ['name', 'email', 'password'].map(field => String(data.get(field)))
    form.submit({ token, name: name ?? '', email: email ?? '', password: password ?? '' })
  }
  return (
    <>
      <h1 className="font-bold text-xl">{t('setup')}</h1>
      <p className="text-muted">{t('setupLead')}</p>
      <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
        <TextField label={t('name')} name="name" autoComplete="name" required autoFocus error={form.errorOf('name')} />
        <TextField
          label={t('email')}
          name="email"
          type="email"
          autoComplete="username"
          required
          error={form.errorOf('email')}
        />
        <TextField
          label={t('password')}
          name="password"
          type="password"
          autoComplete="new-password"
          description={t('passwordHint')}
          required
          error={form.errorOf('password')}
        />
        <FormError message={form.otherError('name', 'email', 'password')} />
        <Button type="submit" variant="primary" fullWidth isPending={form.pending} isDisabled={!form.ready}>
          {t('becomeAdmin')}
        </Button>
      </form>
    </>
  )
}
