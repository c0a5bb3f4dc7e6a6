import 'server-only'
import { newEventKey } from '../../access/api/event-key'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { type AddEventKey, type EventPartById, maxEventKeys } from '../../domain/collection/events/queue'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockConnection } from '../collection/lock'

const { sql } = Prisma

/**
 * Creates a key for the events of a connection and returns it, for the only time. A second one replaces the first
 * without a gap. Throws NotFoundError, and `conflict` where there are two.
 */
export async function addEventKey(
  access: Access<'connections:manage'>,
  { connection: connectionId }: AddEventKey,
): Promise<{ id: string; key: string }> {
  requireAllAccounts(access)
  const { key, prefix, keyHash } = newEventKey()
  const createdBy = access.actor.kind === 'member' ? access.actor.id : null
  return prisma().$transaction(async tx => {
    await lockConnection(tx, connectionId)
    const count = await tx.eventKey.count({ where: { connectionId } })
    if (count >= maxEventKeys) throw new AppError('conflict', { reason: 'eventKeys', params: { max: maxEventKeys } })
    const data = { connectionId, prefix, keyHash, createdBy, createdAt: now() }
    const { id } = await tx.eventKey.create({ data })
    await recordAudit(tx, access, {
      action: 'connection.key.add',
      target: `connection:${connectionId}`,
      detail: { prefix },
    })
    return { id, key }
  })
}

/** Revokes a key at once. Throws NotFoundError. */
export async function removeEventKey(access: Access<'connections:manage'>, { id }: EventPartById): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const [key] = await runIn<{ connectionId: string; prefix: string }>(
      tx,
      sql`DELETE FROM event_key WHERE id = ${id}::uuid RETURNING connection_id::text AS "connectionId", prefix`,
    )
    if (!key) throw new NotFoundError()
    const { connectionId, prefix } = key
    await recordAudit(tx, access, {
      action: 'connection.key.remove',
      target: `connection:${connectionId}`,
      detail: { prefix },
    })
  })
}
