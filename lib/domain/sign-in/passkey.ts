import { z } from 'zod'
import { lineText } from '../text/plain-text'

/** The highest number of passkeys of a member. */
export const MAX_PASSKEYS = 20

export interface PasskeyRow {
  id: string
  name: string
  createdAt: Date
  lastUsedAt: Date | null
  /** Whether the authenticator syncs it between devices, as of its last use. */
  isSynced: boolean
}

export const PasskeyName = lineText(100).min(1)

function base64Url(max: number) {
  return z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(max)
}

// A credential id has at most 1023 bytes: https://www.w3.org/TR/webauthn-3/#credential-id
const Credential = {
  id: base64Url(1364),
  rawId: base64Url(1364),
  type: z.literal('public-key'),
}

/**
 * The result of navigator.credentials.get() in a browser:
 * https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson
 */
export const Assertion = z.object({
  ...Credential,
  response: z.object({
    clientDataJSON: base64Url(4096),
    authenticatorData: base64Url(4096),
    signature: base64Url(4096),
    userHandle: base64Url(88).nullish(),
  }),
})
export type Assertion = z.infer<typeof Assertion>

/**
 * The result of navigator.credentials.create() in a browser:
 * https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
 */
export const Registration = z.object({
  ...Credential,
  response: z.object({
    clientDataJSON: base64Url(4096),
    attestationObject: base64Url(16_384),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .default([]),
  }),
})
export type Registration = z.infer<typeof Registration>

/** The user handle of a member: the 16 bytes of the id, which reveal nothing about the person. */
export function userHandle(member: string): Uint8Array<ArrayBuffer> {
  const hex = member.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16))
}

const ClientData = z.object({ challenge: base64Url(200), crossOrigin: z.boolean().optional() })

/**
 * The challenge that client data answers. Null if it is malformed or was made in a frame of another site:
 * https://www.w3.org/TR/webauthn-3/#dictionary-client-data
 */
export function answeredChallenge(clientDataJSON: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(clientDataJSON.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
    const { challenge, crossOrigin } = ClientData.parse(JSON.parse(new TextDecoder().decode(bytes)))
    return crossOrigin ? null : challenge
  } catch {
    return null
  }
}
