import 'server-only'
import { z } from 'zod'
import { countAttempt, forgetAttempt } from '../access/attempts'
import { memberGrant, toTeams } from '../access/grant'
import type { KnownBrowser } from '../access/known-browser'
import { Email } from '../access/member-input'
import { verifyPassword } from '../access/password'
import { isRole } from '../access/permissions'
import { prove } from '../access/proof'
import { verifiedIdentity } from '../access/providers'
import { recordLocked, recordSignInRefused } from '../access/refusals'
import { prisma } from '../db'
import { ForbiddenError } from '../errors'
import type { Member } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { acceptInviteByEmail } from './invites'

export interface SignedIn {
  id: string
  sessionEpoch: number
}

const Credentials = z.object({ email: Email, password: z.string().max(1000) })

/**
 * The member of an address and a password, or null: the same, after the same time, for an unknown address, a removed member, one
 * without a password, and a wrong password. Throws `tooManyAttempts`, also for addresses that nobody has. `browser` is one in which
 * somebody signed in before.
 */
export async function signInWithPassword(
  given: unknown,
  ip: string | null,
  browser: KnownBrowser | null = null,
): Promise<SignedIn | null> {
  const credentials = Credentials.safeParse(given)
  if (!credentials.success) {
    await recordSignInRefused(null, { by: 'password', reason: 'invalid' }, ip)
    return null
  }
  const { email, password } = credentials.data
  const member = await prisma().member.findFirst({ where: { email, removedAt: null } })
  const attempt = { email, ip, browser: browser?.member === member?.id ? browser : null }
  const limit = await countAttempt(attempt)
  if (limit) {
    if (limit === 'address' && member) await recordLocked(member)
    await recordSignInRefused(member, { by: 'password', reason: 'tooManyAttempts' }, ip)
    throw new ForbiddenError('tooManyAttempts')
  }
  const right = await verifyPassword(member?.passwordHash ?? null, password)
  if (!right || !member) {
    await recordSignInRefused(member, { by: 'password', reason: 'wrong' }, ip)
    return null
  }
  await forgetAttempt(attempt)
  return admitted(member, 'password', ip)
}

/**
 * The member whom an OpenID Connect provider vouches for, or null. The address must be verified and belong to a member or to a
 * pending invitation, which is then accepted. Nobody else becomes a member this way.
 */
export async function signInWithIdentity(
  provider: string,
  claims: unknown,
  ip: string | null,
): Promise<SignedIn | null> {
  const identity = verifiedIdentity(provider, claims)
  if (!identity) {
    await recordSignInRefused(null, { by: provider, reason: 'unverified' }, ip)
    return null
  }
  const known = await prisma().member.findFirst({ where: { email: identity.email, removedAt: null } })
  const member = known ?? (await acceptInviteByEmail(identity, provider, ip))
  if (!member) {
    await recordSignInRefused(null, { by: provider, reason: 'notInvited' }, ip)
    return null
  }
  return admitted(member, provider, ip)
}

async function admitted(member: Member, by: string, ip: string | null): Promise<SignedIn | null> {
  const { role } = member
  if (!isRole(role)) return null
  const self = { ...member, role, teams: toTeams(member.teams), accounts: 'all' } as const
  await prisma().$transaction(async tx => {
    await tx.member.update({ where: { id: member.id }, data: { lastSignInAt: new Date() } })
    const access = prove(memberGrant(self, ip), [])
    await recordAudit(tx, access, { action: 'session.start', target: `member:${member.id}`, detail: { by } })
  })
  return { id: member.id, sessionEpoch: member.sessionEpoch }
}
