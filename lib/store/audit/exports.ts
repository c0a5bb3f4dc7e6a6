import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
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
