import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

/** So many differences of one check are listed; the others are counted. */
const MAX_LISTED = 20
/** Scores and shares are sums of floating-point numbers in no fixed order. */
const TOLERANCE = 1e-6

/** One number or row that differs from the base tables. */
export interface Difference {
  /** Which check found it: a key of the messages under `check`. */
  check: string
  /** The subject: an account, a finding, an import, a filter. */
  of: string
  shown: string
  /** The right value; null where the row should not exist. */
  recomputed: string | null
}

export type Value = string | number | Date | null | undefined

/** The SQL of a check returns one row for each difference: `of`, `shown` and `recomputed`, all text. */
export interface SqlCheck {
  check: string
  sql: Prisma.Sql
}

/** Collects the differences that checks find. */
export class Differences {
  readonly named: Difference[] = []
  /** How many each check found, including those that are not listed. */
  readonly counts = new Map<string, number>()
  /** How many numbers and rows were compared one by one. */
  compared = 0

  add(check: string, of: string, shown: Value, recomputed: Value = null): void {
    const n = (this.counts.get(check) ?? 0) + 1
    this.counts.set(check, n)
    const text = recomputed === null ? null : textOf(recomputed)
    if (n <= MAX_LISTED) this.named.push({ check, of, shown: textOf(shown), recomputed: text })
  }

  compare(check: string, of: string, shown: Value, recomputed: Value): void {
    this.compared++
    if (!isEqual(shown, recomputed)) this.add(check, of, shown, textOf(recomputed))
  }

  /** Compares two sets of numbers by name; a missing one counts as 0. */
  compareAll(check: string, shown: ReadonlyMap<string, number>, recomputed: ReadonlyMap<string, number>): void {
    for (const [of, n] of recomputed) this.compare(check, of, shown.get(of) ?? 0, n)
    for (const [of, n] of shown) if (!recomputed.has(of)) this.compare(check, of, n, 0)
  }

  /** Runs checks that are a query alone. */
  async run(checks: readonly SqlCheck[]): Promise<void> {
    for (const { check, sql: found } of checks) {
      const rows = await read<{ of: string; shown: string | null; recomputed: string | null; n: number }>(
        sql`SELECT d.of, d.shown, d.recomputed, count(*) OVER ()::int AS n FROM (${found}) AS d ORDER BY 1 LIMIT ${MAX_LISTED}`,
      )
      for (const row of rows) this.add(check, row.of, row.shown, row.recomputed)
      const [first] = rows
      if (first) this.counts.set(check, (this.counts.get(check) ?? 0) - rows.length + first.n)
      this.compared++
    }
  }
}

function isEqual(shown: Value, recomputed: Value): boolean {
  if (typeof shown === 'number' && typeof recomputed === 'number') return Math.abs(shown - recomputed) <= TOLERANCE
  return textOf(shown) === textOf(recomputed)
}

function textOf(value: Value): string {
  if (value === null || value === undefined) return '-'
  return value instanceof Date ? value.toISOString() : String(value)
}
