import { Secret } from 'otpauth'
import { sealTotp } from '../../lib/access/sign-in/totp'
import { prisma } from '../../lib/db'
import type { Member } from '../../lib/generated/prisma/client'

/** Adds an authenticator app to a member. Returns its secret. */
export async function addApp({ id }: Pick<Member, 'id'>): Promise<string> {
  const secret = new Secret({ size: 20 }).base32
  await prisma().member.update({ where: { id }, data: { totpSecret: sealTotp(id, secret), totpSince: new Date() } })
  return secret
}

export async function addPasskey({ id }: Pick<Member, 'id'>): Promise<void> {
  const data = { memberId: id, credentialId: crypto.randomUUID(), publicKey: new Uint8Array([1]), name: 'a key' }
  await prisma().passkey.create({ data })
}
