import 'server-only'
import { createHash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A recovery code of 120 random bits: 24 characters of Crockford's base 32, in groups of four. */
export function newRecoveryCode(): string {
  let bits = BigInt(`0x${randomBytes(15).toString('hex')}`)
  let code = ''
  for (let i = 0; i < 24; i++) {
    code = `${ALPHABET[Number(bits % 32n)]}${code}`
    bits /= 32n
  }
  return code.replace(/.{4}(?=.)/g, '$&-')
}

/** The hash of a code without hyphens, for the database. From 112 random bits on, a fast hash is enough (OWASP ASVS 5.0, 6.5.2). */
export function hashRecoveryCode(member: string, code: string): string {
  return createHash('sha256').update(`${member}:${code}`).digest('hex')
}
