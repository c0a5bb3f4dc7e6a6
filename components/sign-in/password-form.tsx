'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { sayDone } from '../ui/overlays/toasts'

interface PasswordFormProps {
  /** For password managers: whose password this is. */
  email: string
  save: (input: { current: string; next: string }) => Promise<ActionResult<unknown>>
}

/** Sets a new password, given the current one. */
export function PasswordForm({ email, save }: PasswordFormProps) {
  const t = useTranslations('settings.profile')
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const form = useAction(save, () => {
    setCurrent('')
    setNext('')
    sayDone(t('passwordChanged'))
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ current, next })
  }
  return (
    <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <TextField
        label={t('currentPassword')}
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={setCurrent}
        error={form.errorOf('current')}
      />
      <TextField
        label={t('newPassword')}
        description={t('passwordHint')}
        type="password"
        autoComplete="new-password"
        required
        value={next}
        onChange={setNext}
        error={form.errorOf('next')}
      />
      <FormError message={form.otherError('current', 'next')} />
      <div>
        <Button type="submit" isPending={form.pending}>
          {t('changePassword')}
        </Button>
      </div>
    </form>
  )
}
