import 'server-only'
import { z } from 'zod'
import { type Access, type Actor, requireAllAccounts } from '../access/proof'
import { now } from '../clock'
import { pool, prisma } from '../db'
import { AppError } from '../errors'
import type { Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { lockAccountsSql } from './lock'

type Tx = Prisma.TransactionClient
type By = Pick<Actor, 'kind' | 'id' | 'name'>

const Kept = z.object({
  policy: z.unknown(),
  version: z.string(),
  at: z.iso.datetime(),
  by: z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() }),
  /** The last account that was brought in line with it; null once all are. */
  behind: z.string().nullable(),
  moved: z.number().int(),
})
type Kept = z.infer<typeof Kept>

interface AccountPolicySpec<P> {
  /** Its key among the settings. */
  key: string
  action: string
  read: (stored: unknown) => P
  /** In force before anybody changed it. */
  start: P
  /** Brings one account in line, under the name of who changed the policy. The account is held. Returns how many findings moved. */
  bring: (tx: Tx, access: Access<'accounts:manage'>, by: By, accountId: string, policy: P) => Promise<number>
}

/** A policy of the organisation that is kept as one setting, and that a job brings every account in line with. */
export function accountPolicy<P extends Prisma.InputJsonValue>({
  key,
  action,
  read,
  start,
  bring,
}: AccountPolicySpec<P>) {
  /** The policy in force with its version; the version is null before anybody changed it. */
  async function stored(): Promise<{ policy: P; version: string | null }> {
    const { rows } = await pool().query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [key])
    if (!rows[0]) return { policy: start, version: null }
    const kept = Kept.parse(rows[0].value)
    return { policy: read(kept.policy), version: kept.version }
  }

  /** Throws `conflict` where somebody else changed it since it was seen, ForbiddenError for who may not see every account. */
  async function save(access: Access<'accounts:manage'>, policy: P, seen: string | null): Promise<{ version: string }> {
    requireAllAccounts(access)
    const { kind, id, name } = access.actor
    const version = crypto.randomUUID()
    await prisma().$transaction(async tx => {
      const before = await held(tx)
      if ((before?.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
      const value = { policy, version, at: now().toISOString(), by: { kind, id, name }, behind: '', moved: 0 }
      await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
      const detail = { before: before ? read(before.policy) : start, after: policy }
      await recordAudit(tx, access, { action, target: `setting:${key}`, detail })
    })
    return { version }
  }

  /**
   * Brings one more account in line with the policy. False where all are. An import that began before the change does not know
   * the policy: what it adds would be missed, so that nothing is moved before it is over.
   */
  async function advance(access: Access<'accounts:manage'>): Promise<boolean> {
    return prisma().$transaction(
      async tx => {
        const kept = await held(tx)
        if (!kept || kept.behind === null) return false
        if (kept.behind === '' && (await olderImportRuns(tx, new Date(kept.at)))) return false
        const [next] = await tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM account WHERE id > ${kept.behind} ORDER BY id LIMIT 1`
        if (next) await tx.$queryRawUnsafe(lockAccountsSql, [next.id])
        const moved = next ? await bring(tx, access, kept.by, next.id, read(kept.policy)) : 0
        await tx.$executeRaw`
          UPDATE setting SET value = value || jsonb_build_object('behind', ${next?.id ?? null}::text, 'moved', ${kept.moved + moved}::int)
          WHERE key = ${key}`
        return next !== undefined
      },
      { timeout: 600_000 },
    )
  }

  /** The setting, held until the transaction ends. */
  async function held(tx: Tx): Promise<Kept | null> {
    await tx.$queryRaw`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${key}`}, 0)))`
    const row = await tx.setting.findUnique({ where: { key } })
    return row ? Kept.parse(row.value) : null
  }

  return { stored, save, advance }
}

async function olderImportRuns(tx: Tx, at: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM import WHERE state = 'running' AND started_at <= ${at}::timestamptz`
  return (row?.n ?? 0) > 0
}
