import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { FACTOR_POLICY, type FactorPolicy, toFactorPolicy } from '../../domain/sign-in/second-factor'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockMembers } from '../people/lock'
import { hasSecondFactor } from './member-factors'

const { sql } = Prisma

// Very many sessions may have to enrol.
const LONG = { timeout: 60_000 }

/**
 * The roles that need a second factor. Locks the policy until the transaction ends, so that no session begins and no
 * factor is removed by a policy that has just changed.
 */
export async function holdFactorPolicy(tx: ModelTx): Promise<FactorPolicy> {
  await executeIn(tx, sql`SELECT pg_advisory_xact_lock_shared(hashtextextended('second-factor policy', 0))`)
  const row = await tx.setting.findUnique({ where: { key: FACTOR_POLICY } })
  return toFactorPolicy(row?.value)
}

/**
 * Sets the roles that need a second factor. Sessions of their members that began with a password only have to enrol
 * before they continue. Throws `ownFactorFirst` for an administrator who would be among them.
 */
export async function saveFactorPolicy(
  access: Access<'members:manage'>,
  { roles }: FactorPolicy,
): Promise<{ sessions: number }> {
  const policy = { roles: [...new Set(roles)] }
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    await executeIn(tx, sql`SELECT pg_advisory_xact_lock(hashtextextended('second-factor policy', 0))`)
    const before = await holdFactorPolicy(tx)
    await requireOwnFactor(tx, access, policy)
    await tx.setting.upsert({
      where: { key: FACTOR_POLICY },
      create: { key: FACTOR_POLICY, value: policy },
      update: { value: policy },
    })
    const sessions = await demandEnrolment(tx, access, policy, sql`true`)
    await recordAudit(tx, access, {
      action: 'setting.second-factor',
      target: `setting:${FACTOR_POLICY}`,
      detail: { before: before.roles, after: policy.roles, sessions },
    })
    return { sessions }
  }, LONG)
}

/** Sends the sessions of a member whose role changed to enrolment if the new role needs a second factor. */
export async function demandEnrolmentOf(tx: ModelTx, access: Access<'members:manage'>, member: string): Promise<void> {
  await demandEnrolment(tx, access, await holdFactorPolicy(tx), sql`m.id = ${member}::uuid`)
}

async function requireOwnFactor(tx: ModelTx, access: Access<'members:manage'>, { roles }: FactorPolicy): Promise<void> {
  if (access.actor.kind !== 'member') return
  const { id } = access.actor
  const self = await tx.member.findFirst({ where: { id, removedAt: null, role: { in: roles } } })
  // Members without a password sign in with a provider, and the policy does not apply to them.
  if (self?.passwordHash && !(await hasSecondFactor(tx, id)))
    throw new AppError('conflict', { reason: 'ownFactorFirst' })
}

/**
 * Sessions of an OpenID Connect provider stay complete. An old session whose start is unknown counts as one with a
 * password.
 */
async function demandEnrolment(
  tx: Tx,
  access: Access<'members:manage'>,
  { roles }: FactorPolicy,
  which: Prisma.Sql,
): Promise<number> {
  const demoted = await runIn<{ memberId: string; sessions: number }>(
    tx,
    sql`WITH demoted AS (
      UPDATE session s SET stage = 'enrolment' FROM member m
      WHERE m.id = s.member_id AND m.role = ANY(${roles}::text[]) AND ${which} AND s.ended_at IS NULL AND s.stage = 'complete'
        AND m.totp_since IS NULL AND NOT EXISTS (SELECT FROM passkey p WHERE p.member_id = m.id)
        AND (s.began_by LIKE 'password%' OR s.began_by IS NULL AND m.password_hash IS NOT NULL)
      RETURNING s.member_id)
    SELECT member_id AS "memberId", count(*)::int AS sessions FROM demoted GROUP BY member_id`,
  )
  for (const { memberId, sessions } of demoted) {
    const target = `member:${memberId}`
    await recordAudit(tx, access, { action: 'session.enrolment', target, detail: { sessions } })
  }
  return demoted.reduce((sum, { sessions }) => sum + sessions, 0)
}
