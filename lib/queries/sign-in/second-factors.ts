import 'server-only'
import { isRole } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { type Role, roles } from '../../domain/people/role'
import { FACTOR_POLICY, type FactorPolicy, type OwnFactors, toFactorPolicy } from '../../domain/sign-in/second-factor'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'

const { sql } = Prisma

/** The reader's own second factors, also before the sign-in is complete. */
export async function getOwnFactors({ actor }: Access): Promise<OwnFactors> {
  const none = { totpSince: null, passkeys: 0, codesLeft: 0, required: false }
  if (actor.kind !== 'member') return none
  const [[row], policy] = await Promise.all([
    readPrimary<Omit<OwnFactors, 'required'>>(sql`
      SELECT m.totp_since AS "totpSince",
        (SELECT count(*)::int FROM passkey p WHERE p.member_id = m.id) AS passkeys,
        (SELECT count(*)::int FROM recovery_code c WHERE c.member_id = m.id AND c.used_at IS NULL) AS "codesLeft"
      FROM member m WHERE m.id = ${actor.id}::uuid`),
    policyNow(),
  ])
  return { ...(row ?? none), required: policy.roles.includes(actor.role) }
}

/** Whether the policy requires a second factor for each role, and how many of its members have a password and no second factor. */
export async function getFactorPolicy(
  _access: Access<'members:manage'>,
): Promise<{ role: Role; required: boolean; without: number }[]> {
  const [policy, counts] = await Promise.all([
    policyNow(),
    readPrimary<{ role: string; without: number }>(sql`
      SELECT m.role, count(*)::int AS without FROM member m
      WHERE m.removed_at IS NULL AND m.password_hash IS NOT NULL AND m.totp_since IS NULL
        AND NOT EXISTS (SELECT FROM passkey p WHERE p.member_id = m.id)
      GROUP BY m.role`),
  ])
  const without = new Map(counts.filter(({ role }) => isRole(role)).map(row => [row.role, row.without]))
  return roles.map(role => ({ role, required: policy.roles.includes(role), without: without.get(role) ?? 0 }))
}

async function policyNow(): Promise<FactorPolicy> {
  const [row] = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${FACTOR_POLICY}`)
  return toFactorPolicy(row?.value)
}
