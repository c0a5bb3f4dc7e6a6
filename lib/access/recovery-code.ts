import 'server-only'
import { createHash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A recovery code of 80 random bits: 16 characters of Crockford's base 32, in groups of four. */
export function newRecoveryCode(): string {
  let bits = BigInt(`0x${randomBytes(10).toString('hex')}`)
  let code = ''
  for (let i = 0; i < 16; i++) {
    code = `${ALPHABET[Number(bits % 32n)]}${code}`
    bits /= 32n
  }
  return code.replace(/.{4}(?=.)/g, '$&-')
}

/** How the database keeps a code, given without hyphens. With 80 random bits a fast hash is enough (NIST SP 800-63B, 3.1.2.2). */
export function hashRecoveryCode(member: string, code: string): string {
  return createHash('sha256').update(`${member}:${code}`).digest('hex')
}
