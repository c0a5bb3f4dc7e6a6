import 'server-only'
import type { JobAccess } from '../access/proof'
import { sealedColumns } from '../access/seal/sealed-columns'
import { Prisma } from '../generated/prisma/client'
import { readPrimary } from '../sql/read'

export interface SealedCounts {
  /** How many stored values each key sealed, by its id; including keys that are not configured. */
  byKey: Map<string, number>
  /** Values that sealText did not create. */
  malformed: number
}

/** Counts the stored values that are sealed, over all columns. */
export async function countSealedValues(_access: JobAccess): Promise<SealedCounts> {
  const counts: SealedCounts = { byKey: new Map(), malformed: 0 }
  for (const { table, column } of sealedColumns) {
    const rows = await readPrimary<{ key: string | null; n: number }>(
      Prisma.raw(String.raw`SELECT substring(${column} FROM '^s1\.([0-9a-f]{8})\.') AS key, count(*)::int AS n
        FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1`),
    )
    for (const { key, n } of rows) {
      if (key) counts.byKey.set(key, (counts.byKey.get(key) ?? 0) + n)
      else counts.malformed += n
    }
  }
  return counts
}
