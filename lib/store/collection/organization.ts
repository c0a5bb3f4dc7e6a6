import 'server-only'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { AccountId } from '../../domain/accounts/account-id'
import { ACCOUNT_TYPE } from '../../domain/collection/lines'
import type { Tags } from '../../domain/identity/tags'
import { cutText } from '../../domain/text/cut-text'
import { oneLine } from '../../domain/text/plain-text'
import { type Account, Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn, type ModelTx } from '../../sql/transaction'
import { holdAccountRules, ruleAccounts } from '../accounts/account-rules'
import { organizationReasons } from '../accounts/close-account'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { recheckRules } from '../exceptions/apply'
import { queuePolicies } from '../policies/queue'
import { dropUnwanted } from '../write-back/queue'

const { sql } = Prisma

/** Of an account that is not ready yet, nothing can be read; it is not closed. */
const STARTING = 'PENDING_ACTIVATION'
const NAME_LENGTH = 200
const UNIT_LENGTH = 1000

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html */
const Listed = z.object({
  id: AccountId,
  name: z.string().transform(name => cutText(oneLine(name), NAME_LENGTH)),
  status: z.string(),
  unit: z.string().transform(unit => cutText(oneLine(unit), UNIT_LENGTH)),
  /** Null where they could not be read: those that are known stay. */
  tags: z.record(z.string(), z.string()).nullable(),
})
type Listed = z.infer<typeof Listed>

const WithId = Listed.pick({ id: true })

/** The accounts of an organization, and when they were read. */
interface Reading {
  at: Date
  /** All of them. */
  ids: ReadonlySet<string>
  /** Those whose data can be read. */
  listed: readonly Listed[]
}

/**
 * Brings the accounts of an organization in line with what its collector read: adds new ones, closes those that are suspended, closed
 * or gone, and reopens those that are back. Names that people gave stay; tags of AWS replace equal ones. Changes nothing unless the
 * connection itself read the organization last. Returns the number of accounts that changed.
 */
export async function applyOrganization(
  access: JobAccess,
  { id, accountId }: { id: string; accountId: string },
): Promise<number> {
  const reading = await lastReading(accountId)
  if (!reading) return 0
  const { ids, listed } = reading
  return prisma().$transaction(
    async tx => {
      const rules = await holdAccountRules(tx)
      const known = await tx.account.findMany({ where: { OR: [{ connectionId: id }, { id: { in: [...ids] } }] } })
      await lockAccounts(tx, [...new Set([...known.map(each => each.id), ...ids])].sort())
      let changed = 0
      for (const account of listed) if (await applyAccount(tx, access, id, account)) changed++
      for (const account of known.filter(each => each.connectionId === id && !ids.has(each.id)))
        if (await applyMissing(tx, access, account, reading.at)) changed++
      await dropUnwanted(tx)
      changed += await ruleAccounts(tx, access, rules, [...ids])
      if (changed > 0) await recheckRules(tx)
      return changed
    },
    { timeout: 120_000 },
  )
}

/**
 * What the connection's collector read last; null where it could not, or where somebody uploaded what was read last: whoever may upload
 * reports may not thereby rename or close accounts. An organization always has its management account.
 */
async function lastReading(accountId: string): Promise<Reading | null> {
  const rows = await readPrimary<{ at: Date; data: object; name: string }>(
    sql`SELECT c.read_at AS at, a.name, a.data FROM coverage c JOIN import i ON i.id = c.import_id AND i.origin = 'collector'
        JOIN asset a ON a.account_id = c.account_id AND a.collector = c.collector AND a.type = ${ACCOUNT_TYPE}
      WHERE c.account_id = ${accountId} AND c.collector = 'organization' AND c.region = 'global' AND c.state = 'ok' AND c.complete`,
  )
  const [first] = rows
  if (!first) return null
  const ids = rows.flatMap(({ data }) => WithId.safeParse(data).data?.id ?? [])
  const listed = rows.flatMap(({ name, data }) => Listed.safeParse({ ...data, name }).data ?? [])
  return { at: first.at, ids: new Set(ids), listed }
}

/** An account that is moved while units are read can be in none of them: it has left where a reading that began later lacks it too. */
async function applyMissing(tx: ModelTx, access: JobAccess, account: Account, at: Date): Promise<boolean> {
  const { id, missingSince } = account
  if (missingSince !== null && missingSince < at) return leave(tx, access, account)
  await tx.account.update({ where: { id }, data: { missingSince: missingSince ?? now() } })
  return false
}

async function applyAccount(tx: ModelTx, access: JobAccess, connectionId: string, listed: Listed): Promise<boolean> {
  await executeIn(
    tx,
    sql`INSERT INTO account (id, origin, created_at, updated_at) VALUES (${listed.id}, 'registered', ${now()}, ${now()})
      ON CONFLICT DO NOTHING`,
  )
  const account = await tx.account.findUniqueOrThrow({ where: { id: listed.id } })
  const after = factsOf(account, listed, connectionId)
  const before = { name: account.name, tags: account.tags, unit: account.unit, connectionId: account.connectionId }
  if (account.missingSince) await tx.account.update({ where: { id: listed.id }, data: { missingSince: null } })
  const isOpen = listed.status === 'ACTIVE'
  const moved = !isDeepStrictEqual(before, after)
  if (moved) {
    await tx.account.update({ where: { id: listed.id }, data: { ...after, updatedAt: now() } })
    await queuePolicies(tx, access, ['due-policy', 'routing'], [listed.id])
    const { connectionId: _connection, ...detail } = after
    await recordAudit(tx, access, { ...targetOf(listed.id), action: 'account.update', detail: { after: detail } })
  }
  if (!isOpen && !account.closedAt && listed.status !== STARTING) return close(tx, access, listed.id, listed.status)
  if (isOpen && account.closedAt && organizationReasons.includes(account.closedReason))
    return reopen(tx, access, account)
  return moved
}

function factsOf(account: Account, { name, unit, tags }: Listed, connectionId: string) {
  const own = account.tags as Tags
  const merged = Object.entries({ ...own, ...tags }).sort(([a], [b]) => (a < b ? -1 : 1))
  return { name: account.name || name, tags: Object.fromEntries(merged), unit, connectionId }
}

/** Closes an account that has left. Its former organization says nothing of it any more. */
async function leave(tx: ModelTx, access: JobAccess, account: Account): Promise<boolean> {
  const data = { connectionId: null, missingSince: null, updatedAt: now() }
  await tx.account.update({ where: { id: account.id }, data })
  return account.closedAt === null && close(tx, access, account.id, 'LEFT')
}

/** `status`: AWS's word for it, or LEFT. */
async function close(tx: ModelTx, access: JobAccess, id: string, status: string): Promise<true> {
  await tx.account.update({ where: { id }, data: { closedAt: now(), closedReason: status, updatedAt: now() } })
  await recordAudit(tx, access, { ...targetOf(id), action: 'account.close', detail: { reason: status } })
  return true
}

async function reopen(tx: ModelTx, access: JobAccess, { id, closedReason }: Account): Promise<true> {
  await tx.account.update({ where: { id }, data: { closedAt: null, closedReason: '', updatedAt: now() } })
  await recordAudit(tx, access, { ...targetOf(id), action: 'account.reopen', detail: { reason: closedReason } })
  return true
}

function targetOf(id: string) {
  return { target: `account:${id}`, accountId: id }
}

/** Connects the account in which a connection begins. */
export async function applyOwnAccount(
  access: JobAccess,
  { id, accountId }: { id: string; accountId: string },
): Promise<void> {
  await prisma().$transaction(async tx => {
    await executeIn(
      tx,
      sql`INSERT INTO account (id, origin, created_at, updated_at) VALUES (${accountId}, 'registered', ${now()}, ${now()})
        ON CONFLICT DO NOTHING`,
    )
    await lockAccounts(tx, [accountId])
    const { count } = await tx.account.updateMany({
      where: { id: accountId, connectionId: null },
      data: { connectionId: id, updatedAt: now() },
    })
    if (count > 0)
      await recordAudit(tx, access, { ...targetOf(accountId), action: 'account.update', detail: { connection: id } })
  })
}
