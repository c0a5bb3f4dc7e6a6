import 'server-only'
import { z } from 'zod'
import { forgetGivenPasswords, mayGivePassword } from '../access/attempts'
import { MemberName } from '../access/member-input'
import { hashPassword, isTooClose, NewPassword, verifyPassword } from '../access/password'
import type { Access, MemberActor } from '../access/proof'
import { recordThrottled } from '../access/throttled-audit'
import { prisma } from '../db'
import { AppError, ForbiddenError, NotFoundError } from '../errors'
import { locales } from '../locale'
import { recordAudit } from './audit'

export const UpdateProfile = z.object({
  name: MemberName,
  /** Null: whatever the browser asks for. */
  locale: z.enum(locales).nullable(),
})
export type UpdateProfile = z.infer<typeof UpdateProfile>

export const ChangePassword = z.object({ current: z.string().max(1000), next: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

/** Everyone changes their own name and language; no permission is needed for that. */
export async function updateProfile(access: Access, input: UpdateProfile): Promise<void> {
  const { id } = self(access)
  await prisma().$transaction(async tx => {
    const before = await tx.member.findUniqueOrThrow({ where: { id }, select: { name: true, locale: true } })
    await tx.member.update({ where: { id }, data: input })
    await recordAudit(tx, access, {
      action: 'profile.update',
      target: `member:${id}`,
      detail: { before, after: { ...input } },
    })
  })
}

export async function setLocale(access: Access, locale: (typeof locales)[number]): Promise<void> {
  const { id } = self(access)
  await prisma().$transaction(async tx => {
    await tx.member.update({ where: { id }, data: { locale } })
    await recordAudit(tx, access, { action: 'profile.update', target: `member:${id}`, detail: { after: { locale } } })
  })
}

/**
 * Sets a new password, given the current one, and ends all sessions. Gives the new epoch, with which the caller may renew its own.
 * Throws `wrongPassword`; a stolen session gets no more tries than a sign-in does.
 */
export async function changePassword(access: Access, input: ChangePassword): Promise<{ epoch: number }> {
  const { id, email, name } = self(access)
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
  if (isTooClose(input.next, email, name)) throw new AppError('invalid', { reason: 'passwordMatch', field: 'next' })
  const passwordHash = await hashPassword(input.next)
  return prisma().$transaction(async tx => {
    // Only over the password that was checked: of two changes at once, one wins.
    const { count } = await tx.member.updateMany({
      where: { id, passwordHash: member.passwordHash, removedAt: null },
      data: { passwordHash, sessionEpoch: { increment: 1 } },
    })
    if (count === 0) throw new AppError('conflict')
    const { sessionEpoch } = await tx.member.findUniqueOrThrow({ where: { id }, select: { sessionEpoch: true } })
    await recordAudit(tx, access, { action: 'profile.password', target: `member:${id}` })
    return { epoch: sessionEpoch }
  })
}

/** Ends all sessions of the member. Gives the new epoch, with which the caller may renew its own. */
export async function endOtherSessions(access: Access): Promise<{ epoch: number }> {
  const { id } = self(access)
  return prisma().$transaction(async tx => {
    const { sessionEpoch } = await tx.member.update({ where: { id }, data: { sessionEpoch: { increment: 1 } } })
    await recordAudit(tx, access, { action: 'profile.end-sessions', target: `member:${id}` })
    return { epoch: sessionEpoch }
  })
}

function self(access: Access): MemberActor {
  if (access.actor.kind !== 'member') throw new ForbiddenError()
  return access.actor
}
