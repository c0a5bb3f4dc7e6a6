import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { stream, transaction } from '../../db'
import { type Link, LinkDigest, linkHash, NO_LINK, type RowFields, rowHash, type Seal } from '../../domain/chain/chain'
import type { ChainedKind } from '../../domain/chain/rows'
import { Prisma } from '../../generated/prisma/client'
import { rowSql, runEventsSql, timeSql } from '../../sql/chain/row-sql'
import { type CopyValue, copyRows } from '../../sql/copy'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

/** Rows that one link covers. A larger transaction has a link of its own. */
const ROWS = 500
const PIECE = 1000

/**
 * Appends one link to the chain. It covers the oldest transactions that no link covers, or one finished import. Returns
 * false if there is nothing to cover or another worker is appending. Writers of the covered rows never wait for it.
 */
export async function sealNext(_access: JobAccess): Promise<boolean> {
  return transaction(async client => {
    const [lock] = await runIn<{ held: boolean }>(
      client,
      sql`SELECT pg_try_advisory_xact_lock(hashtextextended('chain', 0)) AS held`,
    )
    if (!lock?.held) return false
    return (await sealDecisions(client)) || (await sealRun(client))
  })
}

interface PendingRow {
  kind: ChainedKind
  account_id: string
  finding_id: string
  row_id: string
  entered: string | null
  at: string | null
  fields: RowFields | null
}

async function sealDecisions(client: PoolClient): Promise<boolean> {
  const { batches, count } = await oldestBatches(client)
  if (count === 0) return false
  const previous = await lastLink(client)
  const seals = new SealWriter(client, previous.seq + 1)
  const pending = stream<PendingRow>(
    client,
    `SELECT p.kind, p.account_id, p.finding_id::text AS finding_id, p.row_id::text AS row_id, ${timeSql('p.entered')} AS entered,
       ${timeSql('coalesce(a.at, e.at)')} AS at,
       CASE p.kind WHEN 'audit' THEN ${rowSql('audit', 'a')} ELSE ${rowSql('event', 'e')} END AS fields
     FROM chain_pending p
     LEFT JOIN audit_entry a ON p.kind = 'audit' AND a.id = p.row_id
     LEFT JOIN finding_event e ON p.kind = 'event' AND e.account_id = p.account_id AND e.finding_id = p.finding_id AND e.id = p.row_id
     WHERE p.kind <> 'import' AND p.batch = ANY($1::bigint[])
     ORDER BY p.batch, p.kind, p.row_id, p.account_id COLLATE "C", p.finding_id`,
    [batches],
  )
  let until: string | null = null
  for await (const { kind, account_id, finding_id, row_id, entered, at, fields } of pending) {
    const hash = fields && rowHash(kind, fields)
    await seals.add({ kind, accountId: account_id, findingId: finding_id, rowId: row_id, entered, hash })
    if (at && (!until || at > until)) until = at
  }
  await seals.flush()
  const removed = await executeIn(
    client,
    sql`DELETE FROM chain_pending WHERE kind <> 'import' AND batch = ANY(${batches}::bigint[])`,
  )
  // Rows were added since they were read. The next attempt covers them.
  if (removed !== seals.count) throw new Error(`${seals.count} rows were sealed of ${removed}`)
  await append(client, previous, {
    kind: 'decisions',
    subject: '',
    rows: seals.count,
    until,
    digest: seals.digest.end(),
  })
  return true
}

/** The oldest transactions, whole, and the number of rows that they wrote. */
async function oldestBatches(tx: Tx): Promise<{ batches: string[]; count: number }> {
  const rows = await runIn<{ batch: string; rows: number }>(
    tx,
    sql`SELECT batch::text AS batch, count(*)::int AS rows FROM chain_pending WHERE kind <> 'import'
     GROUP BY chain_pending.batch ORDER BY chain_pending.batch LIMIT ${ROWS}`,
  )
  const batches: string[] = []
  let count = 0
  for (const row of rows) {
    if (count > 0 && count + row.rows > ROWS) break
    batches.push(row.batch)
    count += row.rows
  }
  return { batches, count }
}

async function sealRun(client: PoolClient): Promise<boolean> {
  const [run] = await runIn<{ row_id: string; finding_id: string; until: string | null; fields: RowFields | null }>(
    client,
    sql`SELECT p.row_id::text AS row_id, p.finding_id::text AS finding_id, ${raw(timeSql('i.finished_at'))} AS until,
       ${raw(rowSql('import', 'i'))} AS fields
     FROM (SELECT * FROM chain_pending WHERE account_id = '' AND kind = 'import' ORDER BY finding_id, row_id LIMIT 1) AS p
     LEFT JOIN import i ON i.id = p.row_id`,
  )
  if (!run) return false
  const previous = await lastLink(client)
  const seals = new SealWriter(client, previous.seq + 1)
  const hash = run.fields && rowHash('import', run.fields)
  await seals.add({ kind: 'import', accountId: '', findingId: run.finding_id, rowId: run.row_id, entered: null, hash })
  await seals.flush()
  let events = 0
  for await (const { fields } of stream<{ fields: RowFields }>(client, runEventsSql, [run.row_id])) {
    seals.digest.event(rowHash('event', fields))
    events += 1
  }
  await executeIn(
    client,
    sql`DELETE FROM chain_pending WHERE account_id = '' AND kind = 'import' AND row_id = ${run.row_id}`,
  )
  await append(client, previous, {
    kind: 'run',
    subject: run.row_id,
    rows: events,
    until: run.until,
    digest: seals.digest.end(),
  })
  return true
}

/** Writes the seals of one link and adds them to its digest. */
class SealWriter {
  readonly digest = new LinkDigest()
  count = 0
  readonly #client: PoolClient
  readonly #link: number
  #waiting: CopyValue[][] = []

  constructor(client: PoolClient, link: number) {
    this.#client = client
    this.#link = link
  }

  async add(seal: Seal): Promise<void> {
    this.digest.seal(seal)
    const { kind, accountId, findingId, rowId, entered, hash } = seal
    const bytes = hash && `\\x${hash.toString('hex')}`
    this.#waiting.push([accountId, kind, findingId, rowId, this.#link, this.count, entered, bytes])
    this.count += 1
    if (this.#waiting.length >= PIECE) await this.flush()
  }

  async flush(): Promise<void> {
    const rows = this.#waiting
    this.#waiting = []
    const columns = 'account_id, kind, finding_id, row_id, link, place, entered, hash'
    await copyRows(this.#client, `chain_seal (${columns})`, rows, row => row)
  }
}

async function lastLink(tx: Tx): Promise<{ seq: number; hash: Buffer }> {
  const [last] = await runIn<{ seq: string; hash: Uint8Array }>(
    tx,
    sql`SELECT seq::text AS seq, hash FROM chain_link ORDER BY chain_link.seq DESC LIMIT 1`,
  )
  return last ? { seq: Number(last.seq), hash: Buffer.from(last.hash) } : { seq: 0, hash: NO_LINK }
}

async function append(
  tx: Tx,
  previous: { seq: number; hash: Buffer },
  covered: Pick<Link, 'kind' | 'subject' | 'rows' | 'until' | 'digest'>,
): Promise<void> {
  const link: Link = { seq: previous.seq + 1, at: now().toISOString(), previous: previous.hash, ...covered }
  await executeIn(
    tx,
    sql`INSERT INTO chain_link (seq, at, kind, subject, rows, until, digest, previous, hash)
     VALUES (${link.seq}, ${link.at}, ${link.kind}, ${link.subject}, ${link.rows}, ${link.until}, ${link.digest},
       ${link.previous}, ${linkHash(link)})`,
  )
}
