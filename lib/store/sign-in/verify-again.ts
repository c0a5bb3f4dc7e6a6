import 'server-only'
import { z } from 'zod'
import { type Access, requireMemberActor } from '../../access/proof'
import { recordThrottled } from '../../access/refusals/throttled-audit'
import { sendSessionCookie } from '../../access/session/session'
import { isLive } from '../../access/session/sql'
import { forgetGivenPasswords, mayGivePassword } from '../../access/sign-in/attempts'
import { requirePasswords, verifyPassword } from '../../access/sign-in/password'
import { prisma } from '../../db'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

export const VerifyPassword = z.object({ password: z.string().min(1).max(1000) })
export type VerifyPassword = z.infer<typeof VerifyPassword>

/**
 * Marks the session of this request as verified now, with an audit entry. `by` is the proof: password, passkey or totp.
 * The session and its cookie get a new id, so that a copy of the old cookie is useless (OWASP ASVS 5.0, 7.2.4). Call it
 * last in its transaction, in a server action or route handler. Throws NotFoundError if the session has ended.
 */
export async function markVerified(tx: Tx, access: Access, session: string, by: string): Promise<void> {
  const { id } = access.actor
  const [row] = await runIn<{ id: string }>(
    tx,
    sql`UPDATE session s SET id = gen_random_uuid(), verified_at = now()
    WHERE s.id = ${session}::uuid AND s.member_id = ${id}::uuid AND ${isLive()} RETURNING s.id`,
  )
  if (!row) throw new NotFoundError()
  await recordAudit(tx, access, {
    action: 'session.verify',
    target: `member:${id}`,
    detail: { by, session: row.id, before: session },
  })
  await sendSessionCookie(row.id)
}

/**
 * Verifies the member of a session by password, for this session only. Throws `passwordWrong`, and `tooManyAttempts`
 * after 10 wrong ones in 15 minutes, together with those of the password form.
 */
export async function verifyByPassword(access: Access, input: VerifyPassword, session: string): Promise<void> {
  requirePasswords()
  const { ip } = access
  const actor = requireMemberActor(access)
  const { id } = actor
  if (!(await mayGivePassword(id))) throw new ForbiddenError('tooManyAttempts')
  const member = await prisma().member.findFirst({ where: { id, removedAt: null } })
  if (!member) throw new NotFoundError()
  if (!(await verifyPassword(member.passwordHash, input.password))) {
    await recordThrottled({
      action: 'session.verify-refused',
      actor,
      ip,
      target: `member:${id}`,
      detail: { by: 'password' },
    })
    throw new AppError('invalid', { reason: 'passwordWrong', field: 'password' })
  }
  await forgetGivenPasswords(id)
  await prisma().$transaction(async tx => {
    const same = { id, passwordHash: member.passwordHash, removedAt: null }
    if ((await tx.member.count({ where: same })) === 0) throw new AppError('conflict')
    await markVerified(tx, access, session, 'password')
  })
}
