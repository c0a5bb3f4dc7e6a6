import type pg from 'pg'
import { log } from '../log'
import { Pool } from './pool'

/** How long a read waits for the standby to catch up. */
const CATCH_UP_MS = 250
const POLL_MS = 10
/** The limit for connecting to the standby, and for its answers to quick statements. */
const ANSWER_WITHIN_MS = 1000
const CHECK_EVERY_MS = 3000
/** A standby that is behind for a shorter time is shown as in use. */
const BEHIND_AFTER_MS = 10_000
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const STATEMENT_TIMEOUT = '57014'

/**
 * `behind`: it has not replayed the primary's log; `away`: it does not answer; `foreign`: it is not a standby of the
 * primary, but another database, or was promoted.
 */
export type ReplicaState = 'in_use' | 'behind' | 'away' | 'foreign'

const REASON: Record<Exclude<ReplicaState, 'in_use'>, string> = {
  behind: 'the standby of DATABASE_READ_URL is behind; pages read from the primary',
  away: 'the standby of DATABASE_READ_URL does not answer; pages read from the primary',
  foreign: 'DATABASE_READ_URL is no standby of the database of DATABASE_URL; pages read from the primary',
}

// All copies of a cluster have its identifier: https://www.postgresql.org/docs/current/functions-info.html
const IDENTITY = `(SELECT c.system_identifier || '/' || d.oid FROM pg_control_system() c, pg_database d
  WHERE d.datname = current_database())`

/**
 * A standby that answers reads instead of the primary. A read names the position that the primary's log had at its
 * start, and goes to the primary if the standby has not reached it. So a read sees everything that was committed
 * before, through any web server.
 */
export class Replica {
  readonly #pool: pg.Pool
  readonly #primary: () => pg.Pool
  /** Not used before the first check. */
  #state: ReplicaState = 'behind'
  #since = Date.now()
  readonly #timer: NodeJS.Timeout
  #checking: Promise<void> | null = null

  constructor({ url, primary, statementMs }: { url: string; primary: () => pg.Pool; statementMs: () => number }) {
    this.#pool = new Pool({ url, writable: false, statementMs, connectWithinMs: ANSWER_WITHIN_MS })
    this.#primary = primary
    this.#timer = setInterval(() => void this.#check(), CHECK_EVERY_MS).unref()
    void this.#check()
  }

  /** The state to show: a standby counts as behind only after a while. */
  get state(): ReplicaState {
    return this.#state === 'behind' && Date.now() - this.#since < BEHIND_AFTER_MS ? 'in_use' : this.#state
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#checking
    await this.#pool.end()
  }

  /** The position of the primary's log on its disk; null while the standby is not used. */
  async position(): Promise<string | null> {
    if (this.#state !== 'in_use') return null
    const { rows } = await this.#primary().query<{ position: string }>(
      'SELECT pg_current_wal_flush_lsn()::text AS position',
    )
    return rows[0]?.position ?? null
  }

  /** Rows as of this position or later; null if the primary has to answer. Throws if the statement took too long. */
  async query<Row extends object>(position: string, text: string, values: unknown[]): Promise<Row[] | null> {
    if (this.#state !== 'in_use') return null
    const client = await this.#connect()
    if (!client) return null
    let broken: Error | undefined
    try {
      const found = await answerOf<Found>(client, FIND, [position])
      if (!(await this.#isUsable(client, found, position))) return null
      return (await client.query<Row>(text, values)).rows
    } catch (problem) {
      broken = problem instanceof Error ? problem : new Error(String(problem))
      const code = 'code' in broken ? broken.code : null
      if (code === STATEMENT_TIMEOUT) throw problem
      // An error of the server, such as a conflict with the replay, concerns only this read.
      if (!('severity' in broken)) this.#change('away', broken)
      return null
    } finally {
      client.release(broken)
    }
  }

  async #connect(): Promise<pg.PoolClient | null> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      // If all connections are busy the standby is fine, and the primary answers.
      if (this.#pool.totalCount < this.#pool.options.max) this.#change('away', error)
      return null
    }
  }

  async #isUsable(client: pg.PoolClient, first: Found, position: string): Promise<boolean> {
    const until = Date.now() + CATCH_UP_MS
    for (let found = first; ; found = await answerOf<Found>(client, FIND, [position])) {
      if (!found.standby) {
        this.#change('foreign')
        return false
      }
      if (found.caught_up) return true
      if (Date.now() >= until) {
        this.#change('behind')
        return false
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }

  #check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = null
    })
    return this.#checking
  }

  async #look(): Promise<void> {
    // Without the primary there is nothing to compare with.
    const primary = await this.#primary()
      .query<{ identity: string; position: string }>(
        `SELECT ${IDENTITY} AS identity, pg_current_wal_flush_lsn()::text AS position`,
      )
      .then(
        ({ rows }) => rows[0],
        () => undefined,
      )
    if (!primary) return
    const client = await this.#connect()
    if (!client) return
    let broken: Error | undefined
    try {
      const { identity } = await answerOf<{ identity: string }>(client, `SELECT ${IDENTITY} AS identity`, [])
      if (identity !== primary.identity) this.#change('foreign')
      else if (await this.#isUsable(client, await answerOf<Found>(client, FIND, [primary.position]), primary.position))
        this.#change('in_use')
    } catch (problem) {
      broken = problem instanceof Error ? problem : new Error(String(problem))
      this.#change('away', broken)
    } finally {
      client.release(broken)
    }
  }

  #change(state: ReplicaState, error?: unknown): void {
    if (state === this.#state) return
    this.#state = state
    this.#since = Date.now()
    const reason = error instanceof Error ? { reason: error.message } : {}
    if (state === 'in_use') log.info('pages read from the standby of DATABASE_READ_URL')
    else log.warn(reason, REASON[state])
  }
}

interface Found {
  standby: boolean
  caught_up: boolean
}

const FIND = `SELECT pg_is_in_recovery() AS standby, coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS caught_up`

/** The row of a quick statement. Throws if no answer comes. */
async function answerOf<Row extends object>(client: pg.PoolClient, text: string, values: unknown[]): Promise<Row> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the standby did not answer')), ANSWER_WITHIN_MS)
  })
  try {
    const { rows } = await Promise.race([client.query<Row>(text, values), timeout])
    const [row] = rows
    if (!row) throw new Error('the standby returned no row')
    return row
  } finally {
    clearTimeout(timer)
  }
}
