'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState, useTransition } from 'react'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { TextField } from '../../ui/forms/text-field'
import { PasskeyButton, type PasskeyProofActions } from './passkey/passkey-button'
import { Or } from './provider-buttons'
import { useHydrated } from './use-hydrated'

interface SecondStepProps {
  /** The member whose password was right. */
  email: string
  /** Where to go then: a path of this site. */
  target: string
  /** Whether the member has an authenticator app. */
  hasApp: boolean
  /** How to answer with a passkey; null if the member has none, or none works at this address. */
  passkey: PasskeyProofActions | null
  verify: (input: { code: string }) => Promise<ActionResult<unknown>>
  cancel: () => Promise<void>
}

/** The second step of a sign-in: a code of the authenticator app, or a recovery code. */
export function SecondStep({ email, target, hasApp, passkey, verify, cancel }: SecondStepProps) {
  const t = useTranslations('twoStep')
  const passkeys = useTranslations('passkeys')
  const [way, setWay] = useState<'app' | 'recovery'>(hasApp ? 'app' : 'recovery')
  return (
    <>
      <header className="flex flex-col gap-1">
        <h1 className="font-bold text-xl">{t('title')}</h1>
        <p className="break-all text-muted">{t('signingInAs', { email })}</p>
      </header>
      {passkey ? (
        <>
          <PasskeyButton label={passkeys('use')} actions={passkey} onDone={() => window.location.assign(target)} />
          <Or />
        </>
      ) : null}
      <CodeForm key={way} way={way} target={target} verify={verify} />
      <div className="-mx-2.5 flex flex-wrap items-center justify-between gap-2">
        {hasApp ? (
          <Button variant="ghost" size="sm" onPress={() => setWay(way === 'app' ? 'recovery' : 'app')}>
            {t(way === 'app' ? 'useRecovery' : 'useApp')}
          </Button>
        ) : null}
        <CancelSignIn cancel={cancel} />
      </div>
      <p className="text-muted text-xs">{t('lost')}</p>
    </>
  )
}

interface CodeFormProps {
  way: 'app' | 'recovery'
  target: string
  verify: SecondStepProps['verify']
}

function CodeForm({ way, target, verify }: CodeFormProps) {
  const t = useTranslations('twoStep')
  const hydrated = useHydrated()
  const [code, setCode] = useState('')
  // A full page load, so that nothing of another member stays in the browser.
  const form = useAction(verify, () => window.location.assign(target))
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ code })
  }
  const app = way === 'app'
  return (
    <form onSubmit={submit} method="post" noValidate className="flex flex-col gap-4">
      <TextField
        label={t(app ? 'code' : 'recoveryCode')}
        description={t(app ? 'codeHint' : 'recoveryCodeHint')}
        name="code"
        autoComplete={app ? 'one-time-code' : 'off'}
        {...(app ? { inputMode: 'numeric' as const } : {})}
        required
        autoFocus
        value={code}
        onChange={setCode}
        error={form.errorOf('code')}
      />
      <FormError message={form.otherError('code')} />
      <Button type="submit" variant="primary" fullWidth isPending={form.pending} isDisabled={!hydrated}>
        {t('verify')}
      </Button>
    </form>
  )
}

/** Gives up a sign-in that is not complete. */
export function CancelSignIn({ cancel }: { cancel: () => Promise<void> }) {
  const t = useTranslations('twoStep')
  const [pending, start] = useTransition()
  function run() {
    start(async () => {
      await cancel().catch(() => undefined)
      window.location.assign('/sign-in')
    })
  }
  return (
    <Button variant="ghost" size="sm" isPending={pending} onPress={run}>
      {t('cancel')}
    </Button>
  )
}
