import 'server-only'
import { z } from 'zod'
import { memberGrant } from '../../access/grant'
import { Email } from '../../access/member-input'
import { isRole } from '../../access/permissions'
import { prove } from '../../access/proof'
import { recordLocked, recordSignInRefused } from '../../access/refusals/refusals'
import { type SigningBrowser, UNKNOWN_BROWSER } from '../../access/session/session'
import { countAttempt, forgetAttempt } from '../../access/sign-in/attempts'
import { requirePasswords, verifyPassword } from '../../access/sign-in/password'
import { verifiedIdentity } from '../../access/sign-in/providers'
import { prisma } from '../../db'
import type { Role } from '../../domain/people/role'
import type { FactorPolicy, SessionStage } from '../../domain/sign-in/second-factor'
import { ForbiddenError } from '../../errors'
import { type Member, Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx } from '../../sql/transaction'
import { memberOfIdentity } from '../people/identities'
import { holdFactorPolicy } from './factor-policy'
import { hasSecondFactor } from './member-factors'
import { startSession } from './sessions'

const { sql } = Prisma

export interface SignedIn {
  /** The member. */
  id: string
  session: string
}

/** A sign-in after its first step. */
export interface Admitted extends SignedIn {
  stage: SessionStage
}

const Credentials = z.object({ email: Email, password: z.string().max(1000) })

/**
 * The member with an address and a password, or null. The result and its time are the same for an unknown address, a
 * removed member, one without a password, and a wrong password. Throws `passwordsOff`, and `tooManyAttempts` also for
 * unknown addresses.
 */
export async function signInWithPassword(
  given: unknown,
  ip: string | null,
  browser = UNKNOWN_BROWSER,
): Promise<Admitted | null> {
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
 * The member of an OpenID Connect account, or null. The account is bound to a member, or its verified address belongs
 * to a member who is not bound yet or to an open invitation, which is then accepted. Throws `otherIdentity` for the
 * address of a member who is bound to another account.
 */
export async function signInWithIdentity(
  provider: string,
  claims: unknown,
  ip: string | null,
  browser = UNKNOWN_BROWSER,
): Promise<Admitted | null> {
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
  return admitted(member, provider, ip, browser, { provedAt: identity.provedAt })
}

/**
 * Begins the session. After a password it is complete only if the member has no second factor and needs none; a
 * provider checks its own factors, and a passkey counts as two. Null if the member was removed, or the password or
 * passkey changed, before the session began.
 */
export async function admitted(
  { id, passwordHash }: Member,
  by: string,
  ip: string | null,
  browser: SigningBrowser,
  { provedAt, passkey }: { provedAt?: Date | undefined; passkey?: string } = {},
): Promise<Admitted | null> {
  return prisma().$transaction(async tx => {
    const policy = await holdFactorPolicy(tx)
    // Locked, so that no factor, role or password changes before the session exists and can be ended.
    await executeIn(tx, sql`SELECT FROM member WHERE id = ${id}::uuid FOR NO KEY UPDATE`)
    const where = { id, removedAt: null, ...(by === 'password' ? { passwordHash } : {}) }
    const member = await tx.member.findFirst({ where })
    if (!member || !isRole(member.role)) return null
    if (passkey && (await tx.passkey.count({ where: { id: passkey } })) === 0) return null
    const { role } = member
    const access = prove(memberGrant({ ...member, role, accounts: 'all' }, ip), [])
    const stage = by === 'password' ? await stageAfterPassword(tx, { id, role }, policy) : 'complete'
    return { id, session: await startSession(tx, access, browser, { by, stage, provedAt }), stage }
  })
}

async function stageAfterPassword(
  tx: ModelTx,
  { id, role }: { id: string; role: Role },
  policy: FactorPolicy,
): Promise<SessionStage> {
  if (await hasSecondFactor(tx, id)) return 'second-factor'
  return policy.roles.includes(role) ? 'enrolment' : 'complete'
}
