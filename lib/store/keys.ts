import 'server-only'
import type { JobAccess } from '../access/proof'
import { newestKey } from '../access/seal/keys'
import { openSealed, sealText } from '../access/seal/seal'
import { type SealedColumn, sealedColumns } from '../access/seal/sealed-columns'
import { prisma, transaction } from '../db'
import { Prisma } from '../generated/prisma/client'
import { readPrimary } from '../sql/read'
import { executeIn } from '../sql/transaction'
import { recordAudit } from './audit/audit'

const { raw, sql } = Prisma

const BATCH = 100

export interface Resealed {
  /** The number of values that were sealed again. */
  resealed: number
  /** Rows whose value no key opens, as kind:id. They are not changed. */
  unopened: string[]
}

interface Row {
  id: string
  value: string
}

interface Batch {
  resealed: number
  /** Rows that changed between the read and the write. */
  changed: number
  unopened: string[]
  /** The id of the last row; null if there are no more. */
  last: string | null
}

/**
 * Seals all stored values with the newest key. Each batch is one transaction with its audit entry, so that the command
 * can be stopped and run again at any time.
 */
export async function resealStoredValues(access: JobAccess): Promise<Resealed> {
  let resealed = 0
  const unopened = new Set<string>()
  for (const column of sealedColumns) {
    // A changed row is read again: a server without the newest key may have sealed it with an older one.
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

/** Records in the audit log that the secret is replaced. Call it before the change. */
export async function recordRotation(access: JobAccess, former: string, next: string): Promise<void> {
  await recordAudit(prisma(), access, { action: 'keys.rotate', target: `key:${next}`, detail: { former } })
}

/** Records in the audit log that former secrets are removed. Call it before the change. */
export async function recordRemoval(access: JobAccess, removed: readonly string[]): Promise<void> {
  for (const id of removed) await recordAudit(prisma(), access, { action: 'keys.remove', target: `key:${id}` })
}

async function resealBatch(
  access: JobAccess,
  { table, column, purpose }: SealedColumn,
  after: string | null,
): Promise<Batch> {
  const newest = newestKey().id
  const value = raw(column)
  const rows = await readPrimary<Row>(sql`
    SELECT id, ${value} AS value FROM ${raw(table)}
    WHERE ${value} IS NOT NULL AND NOT starts_with(${value}, ${`s1.${newest}.`}) AND (${after}::uuid IS NULL OR id > ${after}::uuid)
    ORDER BY id LIMIT ${BATCH}`)
  const opened = rows.map(row => ({ ...row, text: openSealed(`${purpose}:${row.id}`, row.value) }))
  const sealed = opened.flatMap(({ id, value, text }) =>
    text === null ? [] : [{ id, value, sealed: sealText(`${purpose}:${id}`, text) }],
  )
  const columns = {
    ids: sealed.map(({ id }) => id),
    before: sealed.map(row => row.value),
    after: sealed.map(row => row.sealed),
  }
  const written =
    sealed.length === 0
      ? 0
      : await transaction(async tx => {
          // Compares the value that was read, so that a newer one stays.
          const count = await executeIn(
            tx,
            sql`UPDATE ${raw(table)} SET ${value} = new.sealed
              FROM unnest(${columns.ids}::uuid[], ${columns.before}::text[], ${columns.after}::text[]) AS new (id, value, sealed)
              WHERE ${raw(table)}.id = new.id AND ${raw(table)}.${value} = new.value`,
          )
          const detail = { column: `${table}.${column}`, values: count }
          if (count > 0) await recordAudit(tx, access, { action: 'keys.reseal', target: `key:${newest}`, detail })
          return count
        })
  return {
    resealed: written,
    changed: sealed.length - written,
    unopened: opened.filter(({ text }) => text === null).map(({ id }) => `${table}:${id}`),
    last: rows.length < BATCH ? null : (rows.at(-1)?.id ?? null),
  }
}
