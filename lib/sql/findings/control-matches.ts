import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { among } from './among'
import { type Alternative, WALKED } from './few'

const { sql } = Prisma

/**
 * Findings of posture controls, as alternatives. Those of a category or framework are often of a few severities: a walk from the most
 * severe finding on would pass all others first. Of open findings the numbers by control and severity are stored, so that each severity
 * has a scan of its own for the few controls that have findings of it.
 */
export async function controlMatches(controls: readonly string[], { open }: { open: boolean }): Promise<Alternative[]> {
  const ofControls = (some: readonly string[]) => sql`f.class = 'posture' AND ${among(sql`f.control`, some)}`
  if (!open) return [{ condition: ofControls(controls), few: false }]
  const rows = await readPrimary<{ severity: number; all: number; matching: number; present: string[] }>(sql`
    SELECT severity, sum(n)::float8 AS all, sum(n) FILTER (WHERE matches)::float8 AS matching, array_agg(control ORDER BY control) FILTER (WHERE matches) AS present
    FROM (
      SELECT severity, control, sum(n) AS n, control = ANY(${[...controls]}::text[]) AS matches FROM control_delta
      GROUP BY severity, control HAVING sum(n) > 0
    ) AS d GROUP BY severity HAVING bool_or(matches)`)
  return rows.flatMap(({ severity, all, matching, present }) => {
    const few = matching ** 2 < WALKED * all
    // Of a single control an index has the findings in order: where a page needs fewer of each than there are, each has its own scan.
    const areApart = few && present.length * WALKED < matching
    return (areApart ? present.map(control => [control]) : [present]).map(some => ({
      condition: sql`${ofControls(some)} AND f.severity = ${severity}::smallint`,
      few: few && !areApart,
    }))
  })
}
