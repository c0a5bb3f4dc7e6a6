'use client'

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { PasskeyRow } from '@/lib/domain/sign-in/passkey'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone } from '../ui/overlays/toasts'
import { makePasskey, type Registration, type RegistrationOptions } from './entry/passkey/passkey-browser'
import { useHydrated } from './entry/use-hydrated'

export interface AddPasskeyActions {
  begin: (input: Record<string, never>) => Promise<ActionResult<RegistrationOptions>>
  add: (input: {
    name: string
    registration: Registration
  }) => Promise<ActionResult<{ codes: readonly string[] | null }>>
}

interface AddPasskeyProps {
  /** Its default name. */
  suggestion: string
  actions: AddPasskeyActions
  /** Receives recovery codes to show once, if the reader had none. */
  onAdded: (codes: readonly string[] | null) => void
}

/**
 * The button and the form that add a passkey; useAction asks for the recent proof that `begin` needs. Renders nothing
 * if the browser has no passkeys.
 */
export function AddPasskey({ suggestion, actions, onAdded }: AddPasskeyProps) {
  const t = useTranslations('passkeys')
  const hydrated = useHydrated()
  const [open, setOpen] = useState(false)
  async function add(name: string): Promise<ActionResult<{ name: string; codes: readonly string[] | null }>> {
    const options = await actions.begin({})
    if (!options.ok) return options
    const ceremony = await makePasskey(options.data)
    if ('problem' in ceremony) return { ok: false, code: ceremony.problem, message: t(`problems.${ceremony.problem}`) }
    const result = await actions.add({ name, registration: ceremony.credential })
    return result.ok ? { ok: true, data: { name, codes: result.data.codes } } : result
  }
  if (hydrated && !browserSupportsWebAuthn()) return null
  return (
    <>
      <Button isDisabled={!hydrated} onPress={() => setOpen(true)}>
        {t('add')}
      </Button>
      <Dialog title={t('add')} open={open} onOpenChange={setOpen} size="sm">
        <NameForm
          start={suggestion}
          confirm={t('add')}
          save={add}
          onSaved={({ name, codes }) => {
            setOpen(false)
            sayDone(t('added', { name }))
            onAdded(codes)
          }}
          onCancel={() => setOpen(false)}
        >
          <p className="text-muted">{t('addText')}</p>
        </NameForm>
      </Dialog>
    </>
  )
}

interface RenamePasskeyProps {
  passkey: PasskeyRow
  rename: (input: { id: string; name: string }) => Promise<ActionResult<unknown>>
}

export function RenamePasskey({ passkey, rename }: RenamePasskeyProps) {
  const t = useTranslations('passkeys')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-label={t('renameThis', { name: passkey.name })}
        onPress={() => setOpen(true)}
      >
        {t('rename')}
      </Button>
      <Dialog title={t('renameThis', { name: passkey.name })} open={open} onOpenChange={setOpen} size="sm">
        <NameForm
          start={passkey.name}
          confirm={t('save')}
          save={name => rename({ id: passkey.id, name })}
          onSaved={() => {
            setOpen(false)
            sayDone(t('renamed'))
          }}
          onCancel={() => setOpen(false)}
        />
      </Dialog>
    </>
  )
}

interface NameFormProps<T> {
  start: string
  /** The label of the button that saves. */
  confirm: string
  save: (name: string) => Promise<ActionResult<T>>
  onSaved: (data: T) => void
  onCancel: () => void
  children?: ReactNode
}

function NameForm<T>({ start, confirm, save, onSaved, onCancel, children }: NameFormProps<T>) {
  const t = useTranslations()
  const [name, setName] = useState(start)
  const form = useAction(save, onSaved)
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit(name)
  }
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
      <TextField
        label={t('passkeys.name')}
        description={t('passkeys.nameHint')}
        required
        autoFocus
        maxLength={100}
        value={name}
        onChange={setName}
        error={form.errorOf('name')}
      />
      {children}
      <FormError message={form.otherError('name')} />
      <DialogActions>
        <Button onPress={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {confirm}
        </Button>
      </DialogActions>
    </form>
  )
}
