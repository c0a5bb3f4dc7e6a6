import 'server-only'
import { z } from 'zod'
import { countAttempt, forgetAttempt } from '../access/attempts'
import { memberGrant, toTeams } from '../access/grant'
import { Email } from '../access/member-input'
import { requirePasswords, verifyPassword } from '../access/password'
import { isRole } from '../access/permissions'
import { prove } from '../access/proof'
import { verifiedIdentity } from '../access/providers'
import { recordLocked, recordSignInRefused } from '../access/refusals'
import { type SigningBrowser, UNKNOWN_BROWSER } from '../access/session'
import { prisma } from '../db'
import { ForbiddenError } from '../errors'
import type { Member } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { memberOfIdentity } from './identities'
import { startSession } from './sessions'

export interface SignedIn {
  /** The member. */
  id: string
  session: string
}

const Credentials = z.object({ email: Email, password: z.string().max(1000) })

/**
 * The member of an address and a password, or null: the same, after the same time, for an unknown address, a removed member, one
 * without a password, and a wrong password. Throws `passwordsOff`, and `tooManyAttempts` also for addresses that nobody has.
 */
export async function signInWithPassword(
  given: unknown,
  ip: string | null,
  browser = UNKNOWN_BROWSER,
): Promise<SignedIn | null> {
  requirePasswords()
  const credentials = Credentials.safeParse(given)
  if (!credentials.success) {
    await recordSignInRefused(null, { by: 'password', reason: 'invalid' }, ip)
    return null
  }
  const { email, password } = credentials.data
  const member = await prisma().member.findFirst({ where: { email, removedAt: null } })
  const attempt = { email, ip, browser: browser.known?.member === member?.id ? browser.known : null }
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
  return admitted(member, 'password', ip, browser)
}

/**
 * The member whom an OpenID Connect provider vouches for, or null. Their account must be bound to a member, or its verified
 * address must belong to a member who is not bound yet or to a pending invitation, which is then accepted. Throws `otherIdentity`
 * for the address of a member who is bound to another account.
 */
export async function signInWithIdentity(
  provider: string,
  claims: unknown,
  ip: string | null,
  browser = UNKNOWN_BROWSER,
): Promise<SignedIn | null> {
  const identity = verifiedIdentity(provider, claims)
  if (!identity) {
    await recordSignInRefused(null, { by: provider, reason: 'unverified' }, ip)
    return null
  }
  const member = await memberOfIdentity(identity, provider, ip)
  if (!member) {
    await recordSignInRefused(null, { by: provider, reason: 'notInvited' }, ip)
    return null
  }
  return admitted(member, provider, ip, browser, identity.provedAt)
}

/** Null where the member was removed, or the password that was checked was changed, before the session began. */
async function admitted(
  member: Member,
  by: string,
  ip: string | null,
  browser: SigningBrowser,
  provedAt?: Date,
): Promise<SignedIn | null> {
  const { id, role, passwordHash } = member
  if (!isRole(role)) return null
  const self = { ...member, role, teams: toTeams(member.teams), accounts: 'all' } as const
  return prisma().$transaction(async tx => {
    const { count } = await tx.member.updateMany({
      where: { id, removedAt: null, ...(by === 'password' ? { passwordHash } : {}) },
      data: { lastSignInAt: new Date() },
    })
    if (count === 0) return null
    const access = prove(memberGrant(self, ip), [])
    const session = await startSession(tx, access, browser, provedAt)
    // Of the first sign-in of all there is nobody to tell.
    const isNew = browser.known?.member !== id && member.lastSignInAt !== null
    const detail = { by, session, device: browser.device, ...(isNew ? { newDevice: true } : {}) }
    await recordAudit(tx, access, { action: 'session.start', target: `member:${id}`, detail })
    return { id, session }
  })
}
