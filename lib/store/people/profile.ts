import 'server-only'
import { z } from 'zod'
import { type ById, MemberName } from '../../access/member-input'
import { type Access, requireMemberActor } from '../../access/proof'
import { recordThrottled } from '../../access/refusals/throttled-audit'
import { forgetGivenPasswords, mayGivePassword } from '../../access/sign-in/attempts'
import {
  hashPassword,
  NewPassword,
  requirePasswords,
  requireStrongPassword,
  verifyPassword,
} from '../../access/sign-in/password'
import { prisma } from '../../db'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import type { Prisma } from '../../generated/prisma/client'
import { locales } from '../../locale'
import { recordAudit } from '../audit/audit'
import { endSessions } from '../sign-in/sessions'
import { lockMembers } from './lock'
import { requireFreeName } from './names'

export const UpdateProfile = z.object({
  name: MemberName,
  /** Null: the language that the browser asks for. */
  locale: z.enum(locales).nullable(),
})
export type UpdateProfile = z.infer<typeof UpdateProfile>

export const ChangePassword = z.object({ current: z.string().max(1000), next: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

/** Changes the member's own name and language, which needs no permission. Throws `nameTaken`. */
export async function updateProfile(access: Access, input: UpdateProfile): Promise<void> {
  const { id } = requireMemberActor(access)
  await prisma().$transaction(async tx => {
    await lockMembers(tx)
    const before = await tx.member.findUniqueOrThrow({ where: { id }, select: { name: true, locale: true } })
    if (input.name !== before.name) await requireFreeName(tx, input.name, id)
    await tx.member.update({ where: { id }, data: input })
    await recordAudit(tx, access, {
      action: 'profile.update',
      target: `member:${id}`,
      detail: { before, after: { ...input } },
    })
  })
}

export async function setLocale(access: Access, locale: (typeof locales)[number]): Promise<void> {
  const { id } = requireMemberActor(access)
  await prisma().$transaction(async tx => {
    await tx.member.update({ where: { id }, data: { locale } })
    await recordAudit(tx, access, { action: 'profile.update', target: `member:${id}`, detail: { after: { locale } } })
  })
}

/**
 * Sets a new password, given the current one, and ends all sessions except `keep`. Throws `wrongPassword`. A stolen
 * session gets no more attempts than a sign-in.
 */
export async function changePassword(access: Access, input: ChangePassword, keep: string | null): Promise<void> {
  requirePasswords()
  const { id, email, name } = requireMemberActor(access)
  if (!(await mayGivePassword(id))) throw new ForbiddenError('tooManyAttempts')
  const member = await prisma().member.findFirst({ where: { id, removedAt: null } })
  if (!member) throw new NotFoundError()
  if (!(await verifyPassword(member.passwordHash, input.current))) {
    await recordThrottled({
      action: 'profile.refused',
      actor: access.actor,
      ip: access.ip,
      target: `member:${id}`,
      detail: {},
    })
    throw new AppError('invalid', { reason: 'wrongPassword', field: 'current' })
  }
  await forgetGivenPasswords(id)
  requireStrongPassword(input.next, { email, name }, 'next')
  const passwordHash = await hashPassword(input.next)
  await prisma().$transaction(async tx => {
    // Compares the password that was checked: of two changes at once, one wins.
    const { count } = await tx.member.updateMany({
      where: { id, passwordHash: member.passwordHash, removedAt: null },
      data: { passwordHash },
    })
    if (count === 0) throw new AppError('conflict')
    await endSessions(tx, access, { memberId: id, ...allBut(keep) }, 'password')
    await recordAudit(tx, access, { action: 'profile.password', target: `member:${id}` })
  })
}

/** Ends one of the member's own sessions. Throws NotFoundError for a session of another member. */
export async function endOwnSession(
  access: Access,
  { id }: ById,
  why: 'sign-out' | 'member' = 'member',
): Promise<void> {
  const { id: memberId } = requireMemberActor(access)
  const ended = await prisma().$transaction(tx => endSessions(tx, access, { id, memberId }, why))
  if (ended === 0) throw new NotFoundError()
}

/** Ends all sessions of the member except `keep`. */
export async function endOtherSessions(access: Access, keep: string | null): Promise<void> {
  const { id: memberId } = requireMemberActor(access)
  await prisma().$transaction(tx => endSessions(tx, access, { memberId, ...allBut(keep) }, 'member'))
}

function allBut(session: string | null): Prisma.SessionWhereInput {
  return session === null ? {} : { id: { not: session } }
}
