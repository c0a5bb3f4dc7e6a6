import 'server-only'
import { z } from 'zod'
import type { Access } from '../access/proof'
import { now } from '../clock'
import { pool, prisma } from '../db'
import { DuePolicy, defaultDuePolicy, type SaveDuePolicy } from '../domain/due-policy'
import { Environment } from '../domain/team'
import { AppError } from '../errors'
import type { Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { lockAccountsSql } from './lock'
import { movePolicyDates } from './policy-dates'

const KEY = 'due-policy'

const Stored = z.object({
  policy: DuePolicy,
  version: z.string(),
  at: z.iso.datetime(),
  by: z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() }),
  /** The last account whose dates go by it; null once all do. */
  behind: z.string().nullable(),
  moved: z.number().int(),
})
type Stored = z.infer<typeof Stored>

/** The policy in force with its version; the version is null before anybody changed it. */
export async function storedDuePolicy(): Promise<{ policy: DuePolicy; version: string | null; stored: Stored | null }> {
  const { rows } = await pool().query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [KEY])
  if (!rows[0]) return { policy: defaultDuePolicy, version: null, stored: null }
  const stored = Stored.parse(rows[0].value)
  return { policy: stored.policy, version: stored.version, stored }
}

/**
 * Sets the policy. A job moves the dates that the policy set; those that people set stay. Throws `conflict` where somebody else
 * changed it since it was seen.
 */
export async function saveDuePolicy(
  access: Access<'accounts:manage'>,
  input: SaveDuePolicy,
): Promise<{ version: string }> {
  const { kind, id, name } = access.actor
  const version = crypto.randomUUID()
  await prisma().$transaction(async tx => {
    await tx.$queryRaw`SELECT count(pg_advisory_xact_lock(hashtextextended(${KEY}, 0)))`
    const before = await tx.setting.findUnique({ where: { key: KEY } })
    const known = before ? Stored.parse(before.value) : null
    if ((known?.version ?? null) !== input.seen) throw new AppError('conflict', { reason: 'policyChanged' })
    const value: Stored = {
      policy: input.policy,
      version,
      at: now().toISOString(),
      by: { kind, id, name },
      behind: '',
      moved: 0,
    }
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } })
    await recordAudit(tx, access, {
      action: 'policy.due',
      target: 'setting:due-policy',
      detail: { before: known?.policy ?? defaultDuePolicy, after: input.policy },
    })
  })
  return { version }
}

/**
 * Brings the due dates of one more account in line with the policy. False where all are. An import that began before the change does
 * not know the policy: what it adds would be missed, so that nothing is moved before it is over.
 */
export async function moveDueDates(access: Access<'accounts:manage'>): Promise<boolean> {
  return prisma().$transaction(
    async tx => {
      await tx.$queryRaw`SELECT count(pg_advisory_xact_lock(hashtextextended(${KEY}, 0)))`
      const row = await tx.setting.findUnique({ where: { key: KEY } })
      const stored = row ? Stored.parse(row.value) : null
      if (!stored || stored.behind === null) return false
      if (stored.behind === '' && (await olderImportRuns(tx, new Date(stored.at)))) return false
      const [next] = await tx.$queryRaw<{ id: string; environment: string | null }[]>`
        SELECT id, environment FROM account WHERE id > ${stored.behind} ORDER BY id LIMIT 1`
      if (!next) {
        await tx.setting.update({ where: { key: KEY }, data: { value: { ...stored, behind: null } } })
        return false
      }
      await tx.$queryRawUnsafe(lockAccountsSql, [next.id])
      const environment = Environment.nullable().parse(next.environment)
      const moved = await movePolicyDates(tx, access, stored.by, next.id, environment, stored.policy)
      await tx.setting.update({
        where: { key: KEY },
        data: { value: { ...stored, behind: next.id, moved: stored.moved + moved } },
      })
      return true
    },
    { timeout: 600_000 },
  )
}

async function olderImportRuns(tx: Prisma.TransactionClient, at: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM import WHERE state = 'running' AND started_at <= ${at}::timestamptz`
  return (row?.n ?? 0) > 0
}
