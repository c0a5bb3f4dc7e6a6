import 'server-only'
import { randomBytes } from 'node:crypto'
import { memberGrant } from '../../access/grant'
import type { ById, InviteMember } from '../../access/member-input'
import { isRole } from '../../access/permissions'
import { type Access, prove } from '../../access/proof'
import { recordInviteRefused } from '../../access/refusals/refused-links'
import { forgetAddress } from '../../access/sign-in/attempts'
import { findOpenInvite, hashInvite, isPendingInvite } from '../../access/sign-in/invite-token'
import { hashPassword, requirePasswords, requireStrongPassword } from '../../access/sign-in/password'
import { prisma } from '../../db'
import { AppError, NotFoundError } from '../../errors'
import type { Invite, Member } from '../../generated/prisma/client'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { endSessions } from '../sign-in/sessions'
import { requireActiveTeams } from '../teams/rows'
import { lockMembers } from './lock'
import { requireFreeName, toFreeName } from './names'

const DAYS = 7

export interface NewInvite {
  id: string
  /** Available only here: the database stores its hash. */
  token: string
  expiresAt: Date
}

/**
 * Invites a person who is not a member. Throws `alreadyInvited` if an invitation is open, also when two administrators
 * invite at once.
 */
export async function createInvite(access: Access<'members:manage'>, input: InviteMember): Promise<NewInvite> {
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const member = await tx.member.findFirst({ where: { email: input.email, removedAt: null } })
    if (member) throw new AppError('conflict', { reason: 'emailTaken', field: 'email' })
    const pending = await tx.invite.findFirst({ where: { email: input.email, ...isPendingInvite() } })
    if (pending) throw new AppError('conflict', { reason: 'alreadyInvited', field: 'email' })
    const { email, role, teams, limited } = input
    await requireActiveTeams(tx, teams, 'teams')
    const accounts = limited ? input.accounts : []
    const invite = await addInvite(tx, access, { email, role, teams, limited, accounts })
    const detail = { email, role, teams, limited, accounts }
    await recordAudit(tx, access, { action: 'invite.create', target: `invite:${invite.id}`, detail })
    return invite
  })
}

/** Creates a link with which a member sets a new password. Replaces earlier links. */
export async function createResetLink(
  access: Access<'members:manage'>,
  input: ById | { email: string },
): Promise<NewInvite> {
  requirePasswords()
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const member = await tx.member.findFirst({ where: { ...input, removedAt: null } })
    if (!member) throw new NotFoundError()
    await tx.invite.updateMany({
      where: { email: member.email, ...isPendingInvite() },
      data: { revokedAt: new Date() },
    })
    const { email, role, teams, limited, accounts } = member
    const invite = await addInvite(tx, access, { email, role, teams, limited, accounts })
    await recordAudit(tx, access, { action: 'member.reset', target: `member:${member.id}`, detail: { email } })
    return invite
  })
}

export async function revokeInvite(access: Access<'members:manage'>, input: ById): Promise<void> {
  await prisma().$transaction(async tx => {
    const { count } = await tx.invite.updateMany({
      where: { id: input.id, acceptedAt: null, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    if (count === 0) throw new NotFoundError()
    await recordAudit(tx, access, { action: 'invite.revoke', target: `invite:${input.id}` })
  })
}

/**
 * Makes the bearer of an invitation a member, or sets a member's new password. Runs before sign-in: its proof is the
 * token, which works once. Throws `linkInvalid` if it was used, revoked or has expired, or its creator may no longer
 * invite; and `nameTaken`.
 */
export async function acceptInvite(
  token: string,
  input: { name: string; password: string },
  ip: string | null,
): Promise<{ email: string }> {
  requirePasswords()
  const tokenHash = hashInvite(token)
  // Checked before the expensive hash, so that strangers cannot keep the server busy.
  const found = await findOpenInvite(prisma(), { tokenHash })
  if (!found) {
    await recordInviteRefused(token, ip)
    throw new AppError('conflict', { reason: 'linkInvalid' })
  }
  requireStrongPassword(input.password, { email: found.email, name: input.name })
  const passwordHash = await hashPassword(input.password)
  const accepted = await prisma().$transaction(async tx => {
    await lockMembers(tx)
    const invite = await findOpenInvite(tx, { tokenHash })
    if (!invite) throw new AppError('conflict', { reason: 'linkInvalid' })
    await admit(tx, invite, { name: input.name, passwordHash, by: 'password' }, ip)
    return { email: invite.email }
  })
  await forgetAddress(accepted.email)
  return accepted
}

/**
 * Makes a person a member whom an OpenID Connect provider has verified and who has an open invitation; null if there is
 * none. Runs before sign-in: its proof is the verified address.
 */
export async function acceptInviteByEmail(
  identity: { email: string; name: string },
  by: string,
  ip: string | null,
): Promise<Member | null> {
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const invite = await findOpenInvite(tx, { email: identity.email })
    return invite ? admit(tx, invite, { name: identity.name, passwordHash: null, by }, ip) : null
  })
}

async function addInvite(
  tx: ModelTx,
  access: Access<'members:manage'>,
  data: Pick<Invite, 'email' | 'role' | 'teams' | 'limited' | 'accounts'>,
): Promise<NewInvite> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + DAYS * 86_400_000)
  const createdBy = access.actor.kind === 'member' ? access.actor.id : null
  const { id } = await tx.invite.create({ data: { ...data, tokenHash: hashInvite(token), createdBy, expiresAt } })
  return { id, token, expiresAt }
}

async function admit(
  tx: ModelTx,
  invite: Invite,
  person: { name: string; passwordHash: string | null; by: string },
  ip: string | null,
): Promise<Member> {
  const { email, role, teams, limited, accounts } = invite
  const { passwordHash, by } = person
  const known = await tx.member.findUnique({ where: { email } })
  const isReset = known?.removedAt === null
  // A provider sends the name without asking, so a taken one is made unique instead of refused.
  const own = known?.id ?? null
  const name = passwordHash ? person.name : await toFreeName(tx, person.name, email, own)
  if (passwordHash && !isReset) await requireFreeName(tx, name, own)
  const fresh = { name, role, teams, limited, accounts, passwordHash, removedAt: null, issuer: null, subject: null }
  // A returning person keeps the id, and with it the name in the history.
  const member = known
    ? await tx.member.update({
        where: { id: known.id },
        data: isReset ? (passwordHash ? { passwordHash } : {}) : fresh,
      })
    : await tx.member.create({ data: { email, ...fresh } })
  await tx.invite.update({ where: { id: invite.id }, data: { acceptedAt: new Date() } })
  if (!isRole(member.role)) throw new AppError('conflict', { reason: 'linkInvalid' })
  const self = { ...member, role: member.role, accounts: 'all' } as const
  const access = prove(memberGrant(self, ip), [])
  await endSessions(tx, access, { memberId: member.id }, 'reset')
  await recordAudit(tx, access, {
    action: isReset ? 'member.set-password' : 'member.join',
    target: `member:${member.id}`,
    detail: { email, by },
  })
  return member
}
