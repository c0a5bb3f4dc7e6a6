'use client'

import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  sendSignal,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'

export type AssertionOptions = PublicKeyCredentialRequestOptionsJSON
export type RegistrationOptions = PublicKeyCredentialCreationOptionsJSON
export type Assertion = Awaited<ReturnType<typeof startAuthentication>>
export type Registration = Awaited<ReturnType<typeof startRegistration>>

/** The result of a ceremony in the browser: the credential, or the name of a sentence in passkeys.problems. */
export type Ceremony<T> = { credential: T } | { problem: string }

// https://www.w3.org/TR/webauthn-3/#sctn-op-create and #sctn-discover-from-external-source
const PROBLEMS: Record<string, string> = {
  AbortError: 'cancelled',
  NotAllowedError: 'cancelled',
  InvalidStateError: 'known',
  SecurityError: 'address',
  ConstraintError: 'unsupported',
  NotSupportedError: 'unsupported',
}

/** Lets the person create a passkey. */
export function makePasskey(optionsJSON: RegistrationOptions): Promise<Ceremony<Registration>> {
  return run(startRegistration({ optionsJSON }))
}

/**
 * Lets the person choose a passkey; with `autofill` in the suggestions of the sign-in form, for as long as it takes.
 */
export function askForPasskey(optionsJSON: AssertionOptions, autofill = false): Promise<Ceremony<Assertion>> {
  return run(startAuthentication({ optionsJSON, useBrowserAutofill: autofill }))
}

/** Removes a passkey that is no longer registered from the device, if the browser supports that. */
export async function forgetPasskey(rpID: string | undefined, credentialID: string): Promise<void> {
  if (rpID) await sendSignal({ signalName: 'unknownCredential', rpID, credentialID }).catch(() => undefined)
}

async function run<T>(ceremony: Promise<T>): Promise<Ceremony<T>> {
  try {
    return { credential: await ceremony }
  } catch (error) {
    return { problem: (error instanceof Error && PROBLEMS[error.name]) || 'failed' }
  }
}
