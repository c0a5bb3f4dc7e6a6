import 'server-only'
import type { JobAccess } from '../access/proof'
import { newestKey } from '../access/seal/keys'
import { openSealed, sealText } from '../access/seal/seal'
import { type SealedColumn, sealedColumns } from '../access/seal/sealed-columns'
import { pool, prisma, transaction } from '../db'
import { recordAudit } from './audit/audit'

const BATCH = 100

export interface Resealed {
  /** How many values were sealed anew. */
  resealed: number
  /** Rows whose value no key opens, as kind:id. They are left as they are. */
  unopened: string[]
}

interface Row {
  id: string
  value: string
}

interface Batch {
  resealed: number
  /** Rows that somebody changed between the read and the write. */
  changed: number
  unopened: string[]
  /** The id of the last row; null where no row was left. */
  last: string | null
}

/**
 * Seals all stored values with the newest key that another one sealed. Each batch is one transaction with its audit entry, so that the
 * command can be stopped and run again at any time.
 */
export async function resealStoredValues(access: JobAccess): Promise<Resealed> {
  let resealed = 0
  const unopened = new Set<string>()
  for (const column of sealedColumns) {
    // A changed row is looked at again: a server that does not know the newest key yet may have sealed it with a former one.
    for (let changed = true; changed; ) {
      changed = false
      for (let last: string | null = null, begun = false; last !== null || !begun; begun = true) {
        const batch = await resealBatch(access, column, last)
        resealed += batch.resealed
        for (const row of batch.unopened) unopened.add(row)
        changed ||= batch.changed > 0
        last = batch.last
      }
    }
  }
  return { resealed, unopened: [...unopened] }
}

/** Writes to the audit log that the secret is replaced. Call it before the change. */
export async function recordRotation(access: JobAccess, former: string, next: string): Promise<void> {
  await recordAudit(prisma(), access, { action: 'keys.rotate', target: `key:${next}`, detail: { former } })
}

/** Writes to the audit log that former secrets are removed. Call it before the change. */
export async function recordRemoval(access: JobAccess, removed: readonly string[]): Promise<void> {
  for (const id of removed) await recordAudit(prisma(), access, { action: 'keys.remove', target: `key:${id}` })
}

async function resealBatch(
  access: JobAccess,
  { table, column, purpose }: SealedColumn,
  after: string | null,
): Promise<Batch> {
  const newest = newestKey().id
  const { rows } = await pool().query<Row>(
    `SELECT id, ${column} AS value FROM ${table}
     WHERE ${column} IS NOT NULL AND NOT starts_with(${column}, $1) AND ($2::uuid IS NULL OR id > $2::uuid)
     ORDER BY id LIMIT ${BATCH}`,
    [`s1.${newest}.`, after],
  )
  const opened = rows.map(row => ({ ...row, text: openSealed(`${purpose}:${row.id}`, row.value) }))
  const sealed = opened.flatMap(({ id, value, text }) =>
    text === null ? [] : [{ id, value, sealed: sealText(`${purpose}:${id}`, text) }],
  )
  const written =
    sealed.length === 0
      ? 0
      : await transaction(async client => {
          // Only over the value that was read: what a member enrolled meanwhile stays.
          const { rowCount } = await client.query(
            `UPDATE ${table} SET ${column} = new.sealed
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, value, sealed)
       WHERE ${table}.id = new.id AND ${table}.${column} = new.value`,
            [sealed.map(({ id }) => id), sealed.map(({ value }) => value), sealed.map(row => row.sealed)],
          )
          const detail = { column: `${table}.${column}`, values: rowCount ?? 0 }
          if (rowCount) await recordAudit(client, access, { action: 'keys.reseal', target: `key:${newest}`, detail })
          return rowCount ?? 0
        })
  return {
    resealed: written,
    changed: sealed.length - written,
    unopened: opened.filter(({ text }) => text === null).map(({ id }) => `${table}:${id}`),
    last: rows.length < BATCH ? null : (rows.at(-1)?.id ?? null),
  }
}
