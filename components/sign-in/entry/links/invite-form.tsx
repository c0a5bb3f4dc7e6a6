'use client'

import { useTranslations } from 'next-intl'
import type { FormEvent } from 'react'
import type { Role } from '@/lib/domain/people/role'
import { FormError } from '../../../settings/form-error'
import type { ActionResult } from '../../../ui/action-result'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/forms/text-field'
import { type Provider, ProviderButtons } from '../provider-buttons'
import { useEntry } from '../use-entry'

interface InviteFormProps {
  token: string
  /** `name` is that of a member who only sets a new password. */
  invite: { email: string; role: Role; name: string | null }
  /** Whether passwords are in use; otherwise only providers sign people in. */
  passwords: boolean
  providers: readonly Provider[]
  accept: (input: { token: string; name: string; password: string }) => Promise<ActionResult<{ email: string }>>
}

/** Joins, or sets a new password. */
export function InviteForm({ token, invite, passwords, providers, accept }: InviteFormProps) {
  const t = useTranslations()
  const form = useEntry(accept)
  const joins = invite.name === null
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const name = invite.name ?? String(data.get('name'))
    form.submit({ token, name, password: String(data.get('password')) })
  }
  if (!passwords) {
    return (
      <>
        <h1 className="font-bold text-xl">{t(joins ? 'auth.invite' : 'auth.newPassword')}</h1>
        <p className="text-muted">{t('auth.passwordsOff', { email: invite.email })}</p>
        <ProviderButtons providers={providers} target="/" alone />
      </>
    )
  }
  return (
    <>
      <h1 className="font-bold text-xl">{t(joins ? 'auth.invite' : 'auth.newPassword')}</h1>
      <p className="text-muted">
        {joins ? t('auth.inviteLead', { role: t(`roles.${invite.role}`) }) : t('auth.newPasswordLead')}
      </p>
      <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
        <TextField label={t('auth.email')} name="email" autoComplete="username" value={invite.email} disabled />
        {joins ? (
          <TextField
            label={t('auth.name')}
            name="name"
            autoComplete="name"
            required
            autoFocus
            error={form.errorOf('name')}
          />
        ) : null}
        <TextField
          label={t('auth.password')}
          name="password"
          type="password"
          autoComplete="new-password"
          description={t('auth.passwordHint')}
          required
          error={form.errorOf('password')}
        />
        <FormError message={form.otherError('name', 'password')} />
        <Button type="submit" variant="primary" fullWidth isPending={form.pending} isDisabled={!form.ready}>
          {t(joins ? 'auth.join' : 'auth.setPassword')}
        </Button>
      </form>
      <ProviderButtons providers={providers} target="/" />
    </>
  )
}
