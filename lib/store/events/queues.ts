import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import { type AddQueue, type EventPartById, maxQueues, toQueue } from '../../domain/collection/events/queue'
import type { Failure } from '../../domain/collection/failure'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockConnection } from '../collection/lock'

const { sql } = Prisma
const UNIQUE = 'P2002'

/**
 * Adds a queue to a connection. Throws NotFoundError, `invalid`, and `conflict` where a connection has it, or has too
 * many.
 */
export async function addQueue(access: Access<'connections:manage'>, input: AddQueue): Promise<EventPartById> {
  requireAllAccounts(access)
  const queue = toQueue(input.queue)
  if (!queue) throw new AppError('invalid', { reason: 'queueFormat', field: 'queue' })
  const { arn } = queue
  const connectionId = input.connection
  const createdBy = access.actor.kind === 'member' ? access.actor.id : null
  try {
    return await prisma().$transaction(async tx => {
      await lockConnection(tx, connectionId)
      const count = await tx.eventQueue.count({ where: { connectionId } })
      if (count >= maxQueues)
        throw new AppError('conflict', { reason: 'tooManyQueues', params: { max: maxQueues }, field: 'queue' })
      const { id } = await tx.eventQueue.create({ data: { connectionId, arn, createdBy, createdAt: now() } })
      await recordAudit(tx, access, {
        action: 'connection.queue.add',
        target: `connection:${connectionId}`,
        detail: { arn },
      })
      return { id }
    })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE)
      throw new AppError('conflict', { reason: 'queueExists', field: 'queue' })
    throw error
  }
}

/** Stops reading a queue. Throws NotFoundError. */
export async function removeQueue(access: Access<'connections:manage'>, { id }: EventPartById): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const [queue] = await runIn<{ arn: string; connectionId: string }>(
      tx,
      sql`DELETE FROM event_queue WHERE id = ${id}::uuid RETURNING arn, connection_id::text AS "connectionId"`,
    )
    if (!queue) throw new NotFoundError()
    const { arn, connectionId } = queue
    await recordAudit(tx, access, {
      action: 'connection.queue.remove',
      target: `connection:${connectionId}`,
      detail: { arn },
    })
  })
}

export interface PolledQueue {
  id: string
  connectionId: string
  arn: string
}

/** The queues of connections that are not paused. */
export async function queuesToPoll(_job: JobAccess): Promise<PolledQueue[]> {
  return runIn<PolledQueue>(
    pool(),
    sql`SELECT q.id::text AS id, q.connection_id::text AS "connectionId", q.arn FROM event_queue q
      JOIN connection c ON c.id = q.connection_id WHERE c.paused_at IS NULL ORDER BY q.id`,
  )
}

/** Whether a queue is still to be read: nobody has removed it, or paused its connection. */
export async function isPolled(_job: JobAccess, id: string): Promise<boolean> {
  const found = await runIn(
    pool(),
    sql`SELECT 1 FROM event_queue q JOIN connection c ON c.id = q.connection_id
      WHERE q.id = ${id}::uuid AND c.paused_at IS NULL`,
  )
  return found.length > 0
}

/** Records that a queue was read, or why it could not be. An earlier failure remains where the poll is no proof that it has passed. */
export async function notePoll(
  _job: JobAccess,
  id: string,
  { waiting, failure, isProof = true }: { waiting: number | null; failure: Failure | null; isProof?: boolean },
): Promise<void> {
  const at = now()
  await executeIn(
    pool(),
    failure
      ? sql`UPDATE event_queue SET failed_at = coalesce(failed_at, ${at}), failure = ${JSON.stringify(failure)}::jsonb WHERE id = ${id}::uuid`
      : sql`UPDATE event_queue SET polled_at = ${at}, waiting = coalesce(${waiting}::int, waiting),
          failed_at = CASE WHEN ${isProof} THEN NULL ELSE failed_at END, failure = CASE WHEN ${isProof} THEN NULL ELSE failure END
          WHERE id = ${id}::uuid`,
  )
}
