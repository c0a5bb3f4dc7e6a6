'use client'

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { useTranslations } from 'next-intl'
import { FormError } from '../../../settings/form-error'
import { useAction } from '../../../settings/use-action'
import type { ActionResult } from '../../../ui/action-result'
import { Button } from '../../../ui/button'
import { useHydrated } from '../use-hydrated'
import { type Assertion, type AssertionOptions, askForPasskey } from './passkey-browser'

export interface PasskeyProofActions {
  begin: (input: Record<string, never>) => Promise<ActionResult<AssertionOptions>>
  answer: (input: { assertion: Assertion }) => Promise<ActionResult<unknown>>
}

interface PasskeyButtonProps {
  label: string
  actions: PasskeyProofActions
  onDone: () => void
}

/** Lets a known member prove who they are with a passkey. Renders nothing if the browser has no passkeys. */
export function PasskeyButton({ label, actions, onDone }: PasskeyButtonProps) {
  const t = useTranslations('passkeys.problems')
  const hydrated = useHydrated()
  async function prove(): Promise<ActionResult<unknown>> {
    const options = await actions.begin({})
    if (!options.ok) return options
    const ceremony = await askForPasskey(options.data)
    if ('problem' in ceremony) return { ok: false, code: ceremony.problem, message: t(ceremony.problem) }
    return actions.answer({ assertion: ceremony.credential })
  }
  const form = useAction(prove, onDone)
  if (hydrated && !browserSupportsWebAuthn()) return null
  return (
    <>
      <Button fullWidth isDisabled={!hydrated} isPending={form.pending} onPress={() => form.submit(undefined)}>
        {label}
      </Button>
      <FormError message={form.otherError()} />
    </>
  )
}
