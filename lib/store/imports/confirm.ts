import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { prisma } from '../../db'
import type { SourceId } from '../../domain/imports/outcome'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { confirmableSql } from '../../sql/imports/confirmable'
import { keptSql } from '../../sql/imports/payload'
import { runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { repeatImport } from './repeat'

const { sql } = Prisma

/**
 * Confirms that the findings which a complete import lacks are resolved: queues an import of the same report that
 * closes them and becomes the reference for later reports. Returns its id. Throws NotFoundError outside the actor's
 * accounts, `conflict` if there is nothing to confirm, it was confirmed before, or the report is no longer stored.
 */
export async function confirmImport(access: Access<'imports:confirm'>, id: number): Promise<{ id: number }> {
  const scope = accountFilter(access)
  return prisma().$transaction(async tx => {
    // Locked in a statement of its own: one that waits for the lock does not see what was committed meanwhile.
    await runIn(tx, sql`SELECT 1 FROM import WHERE id = ${id} FOR UPDATE`)
    const [found] = await runIn<{
      state: string
      coverage: string
      held: boolean
      kept: boolean
      confirmed: boolean
      own: boolean
      sources: SourceId[]
    }>(
      tx,
      sql`SELECT i.state, i.coverage, ${Prisma.raw(confirmableSql('i'))} AS held,
        ${Prisma.raw(keptSql('i'))} AS kept,
        EXISTS (SELECT FROM import c WHERE c.confirms_id = i.id AND c.state <> 'failed') AS confirmed,
        i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id} AS own, coalesce(i.allowed_sources, '{}') AS sources
      FROM import i WHERE i.id = ${id} AND i.state <> 'receiving' AND i.confirms_id IS NULL
        AND (${scope === null} OR (cardinality(i.accounts) > 0 AND i.accounts <@ ${scope ?? []}::text[]))`,
    )
    if (!found) throw new NotFoundError()
    if (found.state !== 'done' || found.coverage !== 'complete' || !found.held || found.confirmed)
      throw new AppError('conflict', { reason: 'nothingToConfirm' })
    if (!found.kept) throw new AppError('conflict', { reason: 'reportNotKept' })
    const created = await repeatImport(tx, access, id, {
      confirms: id,
      retries: null,
      mayClose: true,
      sources: found.sources,
    })
    await recordAudit(tx, access, {
      action: 'import.confirm',
      target: `import:${id}`,
      detail: { import: created, ownReport: found.own },
    })
    return { id: created }
  })
}
