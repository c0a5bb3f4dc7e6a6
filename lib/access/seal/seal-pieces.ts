import 'server-only'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { openSealed, sealText } from './seal'

const IV_BYTES = 12
const TAG_BYTES = 16

/** The key of one attachment. Stored only sealed, so that replacing the secret encrypts no contents again. */
export interface ContentKey {
  id: string
  key: Buffer
}

/** A new key for the contents of an attachment, and what is stored of it. */
export function newContentKey(id: string): { content: ContentKey; sealed: string } {
  const key = randomBytes(32)
  return { content: { id, key }, sealed: sealText(purposeOf(id), key.toString('base64url')) }
}

/** The key of an attachment. Null where its secret is no longer configured, or the value was changed. */
export function openContentKey(id: string, sealed: string): ContentKey | null {
  const text = openSealed(purposeOf(id), sealed)
  return text === null ? null : { id, key: Buffer.from(text, 'base64url') }
}

/** Encrypts a piece with AES-256-GCM for its attachment and position: pieces cannot be swapped, and none can be cut off. */
export function sealPiece(content: ContentKey, position: number, isLast: boolean, bytes: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', content.key, iv).setAAD(placeOf(content, position, isLast))
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Decrypts a piece of sealPiece. Null where it was changed or belongs to another place. */
export function openPiece(content: ContentKey, position: number, isLast: boolean, sealed: Buffer): Buffer | null {
  if (sealed.length < IV_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', content.key, sealed.subarray(0, IV_BYTES))
    .setAAD(placeOf(content, position, isLast))
    .setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    // Node.js throws where the authentication tag does not match.
    return null
  }
}

function purposeOf(id: string): string {
  return `attachment:${id}`
}

function placeOf({ id }: ContentKey, position: number, isLast: boolean): Buffer {
  return Buffer.from(`attachment:${id}:${position}:${isLast ? 'last' : 'more'}`)
}
