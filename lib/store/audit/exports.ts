import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { type FindingId, splitFindingId } from '../../domain/findings/filter'
import type { Prisma } from '../../generated/prisma/client'
import { recordAudit } from './audit'

/**
 * Records that an actor exported a list, with its filter. Each export has an entry of its own, and where it cannot be
 * written there is no export.
 */
export async function recordExport(
  access: Access<'export:read'>,
  action: 'findings.export',
  target: string,
  filter: Prisma.InputJsonObject,
): Promise<void> {
  const set = Object.entries(filter).filter(
    ([, value]) => value !== null && value !== undefined && String(value) !== '',
  )
  await recordAudit(prisma(), access, { action, target, detail: { filter: Object.fromEntries(set) } })
}

/** Records that an actor read a source's record as it was sent. Where that cannot be written, the record is not shown. */
export async function recordReading(
  access: Access<'findings:read'>,
  finding: FindingId,
  sighting: string,
): Promise<void> {
  const { accountId } = splitFindingId(finding)
  const record = { action: 'finding.read-record', target: `finding:${finding}`, accountId, detail: { sighting } }
  await recordAudit(prisma(), access, record)
}
