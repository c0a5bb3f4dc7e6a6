import 'server-only'
import { createHash, hkdfSync } from 'node:crypto'
import { env } from '../../env'

/** A secret of the settings. Its id is derived from it: eight hexadecimal digits that reveal nothing about it. */
export interface Key {
  id: string
  secret: string
  /** The name of its setting. */
  setting: string
}

/** Hinomi's own uses of a key. next-auth derives the keys of its cookies from the secret by HKDF with its own label. */
export type KeyPurpose = 'stored secrets' | 'known browsers' | 'sign-in attempts'

/** HINOMI_SECRET, which signs and seals, followed by every HINOMI_OLD_SECRET, which only verifies and opens. */
export function keys(): readonly Key[] {
  const old = Object.entries(env().HINOMI_OLD_SECRETS).map(([setting, secret]) => toKey(setting, secret))
  const all = [newestKey(), ...old]
  return all.filter(({ id }, index) => all.findIndex(key => key.id === id) === index)
}

export function newestKey(): Key {
  return toKey('HINOMI_SECRET', env().HINOMI_SECRET)
}

export function keyOf(id: string): Key | undefined {
  return keys().find(key => key.id === id)
}

export function keyId(secret: string): string {
  return createHash('sha256').update(`hinomi key id\0${secret}`).digest('hex').slice(0, 8)
}

/** 32 bytes for one purpose (HKDF, RFC 5869): values of one purpose are not valid for another. */
export function deriveKey({ secret }: Key, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `hinomi ${purpose}`, 32))
}

function toKey(setting: string, secret: string): Key {
  return { id: keyId(secret), secret, setting }
}
