import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { among } from './among'
import { type Alternative, WALKED } from './few'

const { sql } = Prisma

/**
 * Findings of posture controls, as alternatives. Those of a category or framework are often of a few severities: a walk from the most
 * severe finding on would pass all others first. Of open findings the numbers by control and severity are stored, so that each severity
 * has a scan of its own, and those without a match have none.
 */
export async function controlMatches(controls: readonly string[], { open }: { open: boolean }): Promise<Alternative[]> {
  const condition = sql`f.class = 'posture' AND ${among(sql`f.control`, controls)}`
  if (!open) return [{ condition, few: false }]
  const rows = await readPrimary<{ severity: number; all: number; matching: number }>(sql`
    SELECT severity, sum(n)::float8 AS all, coalesce(sum(n) FILTER (WHERE control = ANY(${[...controls]}::text[])), 0)::float8 AS matching
    FROM control_delta GROUP BY severity`)
  return rows
    .filter(({ matching }) => matching > 0)
    .map(({ severity, all, matching }) => ({
      condition: sql`${condition} AND f.severity = ${severity}::smallint`,
      few: matching ** 2 < WALKED * all,
    }))
}
