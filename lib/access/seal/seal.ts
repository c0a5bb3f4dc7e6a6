import 'server-only'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey, keyOf, newestKey } from './keys'

const SEALED = /^s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/
const TAG_BYTES = 16

/**
 * Encrypts a secret that the database keeps, with the newest key. `purpose` names what it is and whose, such as `totp:<member id>`:
 * only the same purpose opens it again, so that nobody moves one secret to another row.
 */
export function sealText(purpose: string, text: string): string {
  const key = newestKey()
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(key, 'stored secrets'), iv).setAAD(Buffer.from(purpose))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return ['s1', key.id, iv.toString('base64url'), sealed.toString('base64url')].join('.')
}

/** Opens what sealText made. Null where its key is not among the secrets any more, the purpose is another or it was changed. */
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
    // Node.js throws where the tag does not fit.
    return null
  }
}

/** The id of the key that sealed a value, or null where it is none of ours. */
export function sealedBy(value: string): string | null {
  return SEALED.exec(value)?.[1] ?? null
}
