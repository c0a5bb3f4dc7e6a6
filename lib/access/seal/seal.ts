import 'server-only'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey, keyOf, newestKey } from './keys'

const SEALED = /^s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/
const TAG_BYTES = 16

/**
 * Encrypts a secret for the database with the newest key. `purpose` is its kind and owner, such as `totp:<member id>`: only the same
 * purpose decrypts it, so that a secret cannot be moved to another row.
 */
export function sealText(purpose: string, text: string): string {
  const key = newestKey()
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(key, 'stored secrets'), iv).setAAD(Buffer.from(purpose))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return ['s1', key.id, iv.toString('base64url'), sealed.toString('base64url')].join('.')
}

/** Decrypts a value of sealText. Null where its key is no longer configured, the purpose differs or the value was changed. */
export function openSealed(purpose: string, value: string): string | null {
  const [, id, iv, sealed] = SEALED.exec(value) ?? []
  const key = id ? keyOf(id) : undefined
  if (!key || !iv || !sealed) return null
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(key, 'stored secrets'), Buffer.from(iv, 'base64url'))
    .setAAD(Buffer.from(purpose))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    // Node.js throws where the authentication tag does not match.
    return null
  }
}

/** The id of the key that sealed a value; null where sealText did not create the value. */
export function sealedBy(value: string): string | null {
  return SEALED.exec(value)?.[1] ?? null
}
