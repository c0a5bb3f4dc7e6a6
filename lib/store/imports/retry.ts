import 'server-only'
import { type Access, accountFilter, holds } from '../../access/proof'
import { prisma } from '../../db'
import type { Coverage } from '../../domain/imports/import'
import type { SourceId } from '../../domain/imports/outcome'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { keptSql } from '../../sql/imports/payload'
import { runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requireSendable } from './receive'
import { repeatImport } from './repeat'

const { sql } = Prisma

/**
 * Queues the report of an import that failed after internal errors again. The new import reads the bytes of the first
 * and writes only what both senders may. Returns its id. Throws NotFoundError if the actor may not see the import,
 * `conflict` if it did not fail so, is being retried or its report is no longer stored, and as requireSendable does.
 */
export async function retryImport(
  access: Access<'imports:read' | 'imports:write'>,
  id: number,
): Promise<{ id: number }> {
  const scope = accountFilter(access)
  return prisma().$transaction(async tx => {
    // Locked in a statement of its own: one that waits for the lock does not see what was committed meanwhile.
    await runIn(tx, sql`SELECT 1 FROM import WHERE id = ${id} FOR UPDATE`)
    const [found] = await runIn<{
      failed: boolean
      coverage: Coverage
      source: SourceId | null
      first: number
      kept: boolean
      retried: boolean
      sources: SourceId[]
    }>(
      tx,
      sql`SELECT i.state = 'failed' AND i.error->>'code' = 'internal' AND i.confirms_id IS NULL AS failed,
        i.coverage, i.source, i.allowed_sources AS sources,
        coalesce(i.retries_id, i.id) AS first, ${Prisma.raw(keptSql('i'))} AS kept,
        EXISTS (SELECT FROM import r WHERE r.retries_id = coalesce(i.retries_id, i.id) AND r.id > i.id) AS retried
      FROM import i WHERE i.id = ${id} AND i.state <> 'receiving'
        AND ((i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id})
          OR ${scope === null} OR (cardinality(i.accounts) > 0 AND i.accounts <@ ${scope ?? []}::text[]))`,
    )
    if (!found) throw new NotFoundError()
    requireSendable(access, found)
    if (!found.failed || found.retried) throw new AppError('conflict', { reason: 'nothingToRetry' })
    if (!found.kept) throw new AppError('conflict', { reason: 'retryNotKept' })
    const created = await repeatImport(tx, access, id, {
      confirms: null,
      retries: found.first,
      mayClose: holds(access, 'imports:close'),
      sources: sharedSources(access, found.sources),
    })
    await recordAudit(tx, access, { action: 'import.retry', target: `import:${id}`, detail: { import: created } })
    return { id: created }
  })
}

/** The sources that both senders may send; empty for every source. Throws ForbiddenError if there is none. */
function sharedSources(access: Access, first: readonly SourceId[]): SourceId[] {
  if (!access.sources) return [...first]
  if (first.length === 0) return [...access.sources]
  const shared = first.filter(source => access.sources?.includes(source))
  if (shared.length === 0) throw new ForbiddenError('importSource', { source: first.join(', ') })
  return shared
}
