import 'server-only'
import type { PoolClient } from 'pg'
import type { Access } from '../../access/proof'
import { stream, transaction } from '../../db'
import { type Link, LinkDigest, linkHash, NO_LINK, type RowFields, rowHash, type Seal } from '../../domain/chain/chain'
import type { ChainedKind } from '../../domain/chain/rows'
import type { Broken, ChainRow, Verification } from '../../domain/chain/view'
import { Prisma } from '../../generated/prisma/client'
import { rowSql, runEventsSql, timeSql } from '../../sql/chain/row-sql'
import { executeIn } from '../../sql/transaction'
import { firstUncovered, pendingRows } from './uncovered'

/** Tolerated difference between a row's time and the database's: clock skew and long transactions. */
const MISDATED = `NOT BETWEEN s.entered - interval '1 hour' AND s.entered + interval '1 hour'`

const LINKS = `SELECT seq::text AS seq, ${timeSql('at')} AS at, kind, subject, rows, ${timeSql('until')} AS until, digest, previous, hash
  FROM chain_link ORDER BY chain_link.seq`

const SEALS = `SELECT s.link::text AS link, s.kind, s.account_id, s.finding_id::text AS finding_id, s.row_id::text AS row_id,
    ${timeSql('s.entered')} AS entered, s.hash, ${timeSql('coalesce(a.at, e.at)')} AS at,
    coalesce(coalesce(a.at, e.at) ${MISDATED}, false) AS misdated,
    CASE s.kind WHEN 'audit' THEN ${rowSql('audit', 'a')} WHEN 'event' THEN ${rowSql('event', 'e')} ELSE ${rowSql('import', 'i')} END AS fields
  FROM chain_seal s
  LEFT JOIN audit_entry a ON s.kind = 'audit' AND a.id = s.row_id
  LEFT JOIN finding_event e ON s.kind = 'event' AND e.account_id = s.account_id AND e.finding_id = s.finding_id AND e.id = s.row_id
  LEFT JOIN import i ON s.kind = 'import' AND i.id = s.row_id
  ORDER BY s.link, s.place`

interface LinkRow extends Omit<Link, 'seq'> {
  seq: string
  hash: Buffer
}

interface SealRow {
  link: string
  kind: ChainedKind
  account_id: string
  finding_id: string
  row_id: string
  entered: string | null
  hash: Buffer | null
  at: string | null
  misdated: boolean
  fields: RowFields | null
}

/**
 * Recomputes the whole chain from the rows that it covers, up to the first link that does not match. `head` is a hash that was stored
 * elsewhere earlier: the result says whether a link has it, and counts misdated rows only after it. Reads one snapshot, in pieces.
 */
export async function verifyChain(_access: Access<'audit:read'>, head: string | null): Promise<Verification> {
  return transaction(async client => {
    await executeIn(client, Prisma.sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`)
    // All rows are read and joined. With missing or stale statistics, nested loops would look cheaper and take hours.
    await executeIn(client, Prisma.sql`SET LOCAL cursor_tuple_fraction = 1`)
    await executeIn(client, Prisma.sql`SET LOCAL enable_nestloop = off`)
    return new Verifier(client, head).run()
  })
}

class Verifier {
  readonly #client: PoolClient
  readonly #head: string | null
  readonly #seals: AsyncGenerator<SealRow>
  #ahead: SealRow | null = null
  readonly #result: Verification

  constructor(client: PoolClient, head: string | null) {
    this.#client = client
    this.#head = head
    this.#seals = stream<SealRow>(client, SEALS)
    this.#result = {
      links: 0,
      decisions: 0,
      runs: 0,
      events: 0,
      until: null,
      head: null,
      headFound: head === null ? null : false,
      misdated: { count: 0, first: null },
      pending: 0,
      broken: null,
    }
  }

  async run(): Promise<Verification> {
    const result = this.#result
    await this.#next()
    result.broken = (await this.#links()) ?? (await this.#sealWithoutLink()) ?? (await firstUncovered(this.#client))
    await this.#seals.return(null)
    result.pending = await pendingRows(this.#client)
    return result
  }

  async #links(): Promise<Broken | null> {
    let previous: { seq: number; hash: Buffer } = { seq: 0, hash: NO_LINK }
    for await (const { seq: text, hash, ...rest } of stream<LinkRow>(this.#client, LINKS)) {
      const link: Link = { ...rest, seq: Number(text) }
      const { seq, at } = link
      if (seq !== previous.seq + 1) return { problem: 'linkMissing', link: previous.seq + 1, at }
      if (!linkHash(link).equals(hash)) return { problem: 'linkChanged', link: seq, at }
      if (!link.previous.equals(previous.hash)) return { problem: 'linkLoose', link: seq, at }
      const broken = await this.#verifyRows(link)
      if (broken) return broken
      this.#count(link, hash.toString('hex'))
      previous = { seq, hash }
    }
    return null
  }

  #count(link: Link, hash: string): void {
    const result = this.#result
    result.links += 1
    result.head = hash
    if (link.until && (!result.until || link.until > result.until)) result.until = link.until
    if (link.kind === 'decisions') result.decisions += link.rows
    else {
      result.runs += 1
      result.events += link.rows
    }
    if (hash !== this.#head) return
    result.headFound = true
    result.misdated = { count: 0, first: null }
  }

  /** Compares what a link covers with the rows. Two digests show whether a row or its seal was changed. */
  async #verifyRows(link: Link): Promise<Broken | null> {
    const [sealed, found] = [new LinkDigest(), new LinkDigest()]
    const place = { link: link.seq, at: link.at }
    let first: Broken | null = null
    let seals = 0
    for (let row = this.#ahead; row && Number(row.link) === link.seq; row = await this.#next()) {
      const seal = toSeal(row)
      const hash = row.fields && rowHash(row.kind, row.fields)
      sealed.seal(seal)
      found.seal({ ...seal, hash })
      seals += 1
      if (hash === null) first ??= { problem: 'missing', row: nameOf(row), ...place }
      else if (!seal.hash?.equals(hash)) first ??= { problem: 'changed', row: nameOf(row), ...place }
      if (row.misdated) this.#misdated(row)
    }
    let events = 0
    if (link.kind === 'run') {
      for await (const { fields } of stream<{ fields: RowFields }>(this.#client, runEventsSql, [link.subject])) {
        const hash = rowHash('event', fields)
        sealed.event(hash)
        found.event(hash)
        events += 1
      }
    }
    // A row that was deleted before it was sealed has no hash, and so changes no digest.
    if (sealed.end().equals(link.digest)) return first
    if (found.end().equals(link.digest)) return { problem: 'sealChanged', ...place }
    if (first) return first
    if (link.kind === 'decisions' || seals !== 1) return { problem: 'sealChanged', ...place }
    const problem = events < link.rows ? 'missing' : events > link.rows ? 'added' : 'changed'
    return { problem, row: { kind: 'run', id: link.subject, accountId: null, findingId: null }, ...place }
  }

  #misdated(row: SealRow): void {
    const { misdated } = this.#result
    misdated.count += 1
    misdated.first ??= { row: nameOf(row), at: row.at ?? '', entered: row.entered ?? '' }
  }

  /** Whether a seal refers to a link that does not exist: the end of the chain was cut off. */
  async #sealWithoutLink(): Promise<Broken | null> {
    return this.#ahead && { problem: 'linkMissing', link: this.#result.links + 1, at: null }
  }

  async #next(): Promise<SealRow | null> {
    const { value, done } = await this.#seals.next()
    this.#ahead = done ? null : value
    return this.#ahead
  }
}

function toSeal({ kind, account_id, finding_id, row_id, entered, hash }: SealRow): Seal {
  return { kind, accountId: account_id, findingId: finding_id, rowId: row_id, entered, hash }
}

function nameOf({ kind, account_id, finding_id, row_id }: SealRow): ChainRow {
  return { kind, id: row_id, accountId: account_id || null, findingId: kind === 'event' ? finding_id : null }
}
