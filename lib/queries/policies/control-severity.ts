import 'server-only'
import type { Access } from '../../access/proof'
import { ControlSeverities, controlSeverity } from '../../domain/controls/severities'
import type { ControlSeveritiesView } from '../../domain/policies/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

/** The severities that the organization set, with those that they replace, and whether findings are still being rated by them. */
export async function getControlSeverities(_access: Access<'findings:read'>): Promise<ControlSeveritiesView> {
  const [row] = await read<{
    value: { policy: unknown; version: string; at: string; by: { name: string }; moved: number } | null
    moving: boolean
  }>(
    sql`SELECT (SELECT value FROM setting WHERE key = 'control-severity') AS value,
      EXISTS (SELECT FROM policy_work WHERE policy = 'control-severity') AS moving`,
  )
  const stored = row?.value ?? null
  const severities = stored ? ControlSeverities.parse(stored.policy) : {}
  return {
    severities,
    replaced: Object.fromEntries(Object.keys(severities).map(control => [control, controlSeverity(control)])),
    version: stored?.version ?? null,
    changedBy: stored?.by.name ?? null,
    changedAt: stored ? new Date(stored.at) : null,
    moving: row?.moving ?? false,
    moved: stored?.moved ?? 0,
  }
}
