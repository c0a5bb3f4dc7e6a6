'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { AddPasskey, type AddPasskeyActions } from '../passkey-dialogs'
import { RecoveryCodes } from '../recovery-codes'
import { TotpSetup, type TotpSetupActions } from '../totp-setup'
import { Or } from './provider-buttons'
import { CancelSignIn } from './second-step'

interface EnrolmentProps {
  email: string
  /** Where to go then: a path of this site. */
  target: string
  /** Whether a second factor is set up already. */
  isDone: boolean
  /** How to add a passkey instead, and what to call it; null where passkeys do not work at this address. */
  passkey: (AddPasskeyActions & { name: string }) | null
  actions: TotpSetupActions & {
    finish: (input: Record<string, never>) => Promise<ActionResult<unknown>>
    cancel: () => Promise<void>
  }
}

/** For a member whose role needs a second factor and who has none: sets one up before anything else. */
export function Enrolment({ email, target, isDone, passkey, actions }: EnrolmentProps) {
  const t = useTranslations('twoStep')
  const [done, setDone] = useState(isDone)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const form = useAction(actions.finish, () => window.location.assign(target))
  function ready(made: readonly string[] | null) {
    setCodes(made)
    setDone(true)
  }
  const goOn = (
    <Button variant="primary" isPending={form.pending} onPress={() => form.submit({})}>
      {t(codes ? 'savedContinue' : 'continue')}
    </Button>
  )
  return (
    <>
      <header className="flex flex-col gap-1">
        <h1 className="font-bold text-xl">{t('enrol')}</h1>
        <p className="break-all text-muted">{t('signingInAs', { email })}</p>
      </header>
      <p>{t(done ? 'enrolDone' : 'enrolLead')}</p>
      {done ? null : <TotpSetup begin={actions.begin} confirm={actions.confirm} onReady={ready} />}
      {done || !passkey ? null : (
        <>
          <Or />
          <AddPasskey suggestion={passkey.name} actions={passkey} onAdded={ready} />
        </>
      )}
      {codes ? <RecoveryCodes codes={codes} email={email} level={2} /> : null}
      <FormError message={form.otherError()} />
      {done ? goOn : null}
      {done ? null : (
        <div className="-ms-2.5">
          <CancelSignIn cancel={actions.cancel} />
        </div>
      )}
    </>
  )
}
