'use client'

import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, WebAuthnAbortService } from '@simplewebauthn/browser'
import { signIn } from 'next-auth/react'
import { useTranslations } from 'next-intl'
import { useEffect, useEffectEvent, useState } from 'react'
import type { ActionResult } from '../../../ui/action-result'
import { Button } from '../../../ui/button'
import { useHydrated } from '../use-hydrated'
import { type AssertionOptions, askForPasskey, forgetPasskey } from './passkey-browser'

/** Challenges end after 5 minutes; the form asks for a new one before. */
const REFRESH_MS = 4 * 60 * 1000

interface PasskeySignInProps {
  /** Where to go then: a path of this site. */
  target: string
  begin: (input: Record<string, never>) => Promise<ActionResult<AssertionOptions>>
}

/**
 * Sign-in with a passkey, by a button and by the suggestions of a field with autocomplete="username webauthn". Renders
 * nothing if the browser has no passkeys.
 */
export function PasskeySignIn({ target, begin }: PasskeySignInProps) {
  const t = useTranslations()
  const hydrated = useHydrated()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  /** The sentence to show, or null; `signedIn` if the next page opens. */
  async function attempt(byForm: boolean): Promise<{ problem: string | null; signedIn?: true }> {
    const options = await begin({})
    // The form works without suggestions of passkeys.
    if (!options.ok) return { problem: byForm ? null : options.message }
    const ceremony = await askForPasskey(options.data, byForm)
    if ('problem' in ceremony) return { problem: byForm ? null : t(`passkeys.problems.${ceremony.problem}`) }
    const result = await signIn('passkey', { assertion: JSON.stringify(ceremony.credential), redirect: false })
    if (result?.ok && !result.error) {
      window.location.assign(target)
      return { problem: null, signedIn: true }
    }
    const code = result?.error ?? ''
    if (code === 'passkeyUnknown') await forgetPasskey(options.data.rpId, ceremony.credential.id)
    return { problem: t.has(`errors.${code}`) ? t(`errors.${code}`, { seconds: 1 }) : t('auth.problems.Default') }
  }
  async function press() {
    setPending(true)
    setProblem(null)
    const { problem, signedIn } = await attempt(false).catch(() => ({
      problem: t('auth.problems.Network'),
      signedIn: undefined,
    }))
    setProblem(problem)
    if (!signedIn) setPending(false)
  }
  const suggest = useEffectEvent(async () => {
    if (!(await browserSupportsWebAuthnAutofill())) return
    const { problem } = await attempt(true).catch(() => ({ problem: null }))
    if (problem) setProblem(problem)
  })
  // The browser allows one request at a time: the button ends that of the form, which restarts afterwards.
  useEffect(() => {
    if (pending) return
    void suggest()
    const timer = setInterval(suggest, REFRESH_MS)
    return () => {
      clearInterval(timer)
      WebAuthnAbortService.cancelCeremony()
    }
  }, [pending])

  if (hydrated && !browserSupportsWebAuthn()) return null
  return (
    <>
      <Button fullWidth isDisabled={!hydrated} isPending={pending} onPress={press}>
        {t('passkeys.signIn')}
      </Button>
      <p role="alert" className="text-bad empty:hidden">
        {problem}
      </p>
    </>
  )
}
