import { Secret, TOTP } from 'otpauth'
import { sealTotp } from '../../lib/access/totp'
import { prisma } from '../../lib/db'
import type { Member } from '../../lib/generated/prisma/client'

/** The code that an authenticator app shows, so many steps of 30 seconds from now. */
export function codeOf(secret: string, steps = 0): string {
  const timestamp = Date.now() + steps * 30_000
  return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp })
}

/** A code that is not the app's, now or one step earlier or later. */
export function wrongCodeOf(secret: string): string {
  const right = [-2, -1, 0, 1, 2].map(steps => codeOf(secret, steps))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !right.includes(code)) ?? ''
}

/** Gives a member an authenticator app, as if it had been set up before. Returns its secret. */
export async function addApp({ id }: Pick<Member, 'id'>): Promise<string> {
  const secret = new Secret({ size: 20 }).base32
  await prisma().member.update({ where: { id }, data: { totpSecret: sealTotp(id, secret), totpSince: new Date() } })
  return secret
}

export async function addPasskey({ id }: Pick<Member, 'id'>): Promise<void> {
  const data = { memberId: id, credentialId: crypto.randomUUID(), publicKey: new Uint8Array([1]), name: 'a key' }
  await prisma().passkey.create({ data })
}
