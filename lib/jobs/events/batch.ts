import 'server-only'
import { createHash } from 'node:crypto'
import { jobAccess, limitedTo } from '../../access/job'
import { now } from '../../clock'
import { AccountId } from '../../domain/accounts/account-id'
import { isSourceId } from '../../domain/imports/outcome'
import { AppError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { dueBatches, type EventBatch, settleEvents, takeEvents } from '../../store/events/batches'
import { beginReceiving, dropReceiving, finishReceiving, storePiece } from '../../store/imports/receive'

/** An event may also tell that a finding has ended. */
const access = jobAccess('events', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

/** How long events wait for others of their account and feed, unless so many come earlier. */
const WAIT_MS = 10_000
const MANY = 2_000
/** One import holds at most this many; the rest is the next one. */
const MOST = 10_000
const BATCHES_AT_ONCE = 50
const PIECE_BYTES = 1024 * 1024

/**
 * Imports waiting events: one import for each account and feed. Returns the number of imports. Can be repeated after a
 * crash.
 */
export async function importEvents({ waitMs = WAIT_MS }: { waitMs?: number } = {}): Promise<number> {
  await settleEvents(access)
  const before = new Date(now().getTime() - waitMs)
  const batches = await dueBatches(access, { before, many: MANY, limit: BATCHES_AT_ONCE })
  for (const batch of batches) await importBatch(batch).catch(error => noteFailure(batch, error))
  if (batches.length > 0) await settleEvents(access)
  return batches.length
}

/** One batch must not hold up the others. */
function noteFailure({ account, feed }: EventBatch, error: unknown): void {
  if (outageOf(error) || error instanceof AppError) throw error
  log.error({ err: error, account, feed }, 'events were not imported, and will be tried again')
}

async function importBatch(batch: EventBatch): Promise<void> {
  const { account, feed, at } = batch
  // Of a newer version, which reads it.
  if (!isSourceId(feed)) return
  // Whatever else an event names, it speaks for the account that it was accepted for.
  const limited = limitedTo(access, AccountId.parse(account), ['imports:read', 'imports:write', 'imports:close'])
  const id = await beginReceiving(limited, {
    source: feed,
    account,
    // Events tell of changes alone, so that nothing is closed for want of one.
    coverage: 'partial',
    origin: 'events',
    fileName: `events-${feed}-${account}.ndjson`,
    observedAt: new Date(Math.min(at.getTime(), now().getTime())),
  })
  let queued = false
  try {
    const bodies = await takeEvents(access, batch, id, MOST)
    if (bodies.length === 0) return
    const bytes = Buffer.from(bodies.map(body => `${body}\n`).join(''))
    for (let start = 0; start < bytes.length; start += PIECE_BYTES)
      await storePiece(access, id, start, bytes.subarray(start, start + PIECE_BYTES))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await finishReceiving(access, [{ id, sha256, sizeBytes: bytes.length }], true)
    queued = true
  } finally {
    if (!queued) await dropReceiving(access, id)
  }
}
