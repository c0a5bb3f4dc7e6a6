import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PATCH } from '../../app/api/v1/findings/[id]/route'
import { POST } from '../../app/api/v1/imports/route'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { outageOf } from '../../lib/outage'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { typescript } from '../../scripts/launch/settings.mjs'
import { Address } from '../support/address'
import { noReplication, type Replication, startReplication } from '../support/replicated-postgres'
import { asff, newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'

const RECORDS = 200
const patient = { timeout: 60_000, interval: 100 }

if (noReplication) test.skip(`failover is not tested: ${noReplication}`, () => undefined)
else failover()

function failover(): void {
  let servers: Replication
  let address: Address
  let worker: ChildProcess
  let token: string

  beforeAll(async () => {
    servers = await startReplication()
    const { primary } = servers
    await primary.query('CREATE ROLE hinomi LOGIN')
    await primary.query('CREATE DATABASE hinomi OWNER hinomi')
    address = await Address.of(primary.port)
    const url = `postgresql://hinomi@127.0.0.1:${address.port}/hinomi`
    process.env.DATABASE_URL = url
    await run(process.execPath, [fromRoot('scripts/migrate.mjs')], {
      what: 'Migrating',
      quiet: true,
      env: { ...process.env, DATABASE_URL: url },
    })
    await servers.waitForStandby()
    worker = spawn(process.execPath, [...typescript, fromRoot('lib/jobs/worker.ts')], { stdio: 'ignore' })
    const made = newApiToken()
    token = made.token
    const permissions = ['imports:write', 'imports:close', 'findings:read', 'findings:triage']
    const { prefix, tokenHash } = made
    await prisma().apiToken.create({ data: { name: 'Sender', prefix, tokenHash, permissions } })
  }, 90_000)

  afterAll(async () => {
    worker?.kill('SIGKILL')
    await closeDatabase()
    await address?.close()
    await servers?.stop()
  })

  const headers = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

  /** Sends a report of an account of its own. The id of its import, and the status that it was answered with. */
  async function send(account: string): Promise<{ id: number; status: number }> {
    const records = Array.from({ length: RECORDS }, (_, n) => asff({ account, resource: `r${n}` }))
    const request = new Request('http://localhost/api/v1/imports?coverage=complete', {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify(records),
    })
    const response = await POST(request, { params: Promise.resolve({}) })
    const { id } = await response.json()
    return { id, status: response.status }
  }

  async function decide(finding: string, comment: string): Promise<number> {
    const request = new Request(`http://localhost/api/v1/findings/${finding}`, {
      method: 'PATCH',
      headers: headers(),
      body: JSON.stringify({ comment }),
    })
    return (await PATCH(request, { params: Promise.resolve({ id: finding }) })).status
  }

  const imported = (ids: number[]) => async () => {
    const { rows } = await pool().query<{ n: number }>(
      `SELECT count(*)::int AS n FROM import WHERE id = ANY($1) AND state = 'done'`,
      [ids],
    )
    return rows[0]?.n
  }

  test('a connection to a standby, or to a read-only server, is closed', async () => {
    address.pointTo(servers.standby.port)
    await closeDatabase()
    const refusal = await pool()
      .query('SELECT 1')
      .catch((error: unknown) => error)
    expect(outageOf(refusal)).toBe('database_away')
    expect(
      outageOf(
        await prisma()
          .account.count()
          .catch((error: unknown) => error),
      ),
    ).toBe('database_away')
    address.pointTo(servers.primary.port)
    const client = await pool().connect()
    await client.query('SET default_transaction_read_only = on')
    await expect(client.query('CREATE TABLE refused ()')).rejects.toMatchObject({ code: '25006' })
    client.release()
    await pool().query('CREATE TABLE accepted ()')
    await pool().query('DROP TABLE accepted')
  })

  test('after the primary is killed and the standby promoted, no accepted data is missing and the product continues', async () => {
    const accounts = new Map<number, string>()
    const decisions: string[] = []
    const refusals = new Set<number>()
    let stopping = false

    const [first] = await Promise.all([newAccount()].map(async account => ({ account, ...(await send(account)) })))
    expect(first?.status).toBe(202)
    accounts.set(first?.id ?? 0, first?.account ?? '')
    await expect.poll(imported([first?.id ?? 0]), patient).toBe(1)
    const { rows: found } = await pool().query<{ public_id: string }>(
      `SELECT account_id || '-' || replace(id::text, '-', '') AS public_id FROM finding WHERE account_id = $1 LIMIT 1`,
      [first?.account],
    )
    const finding = found[0]?.public_id ?? ''

    const sender = (async () => {
      while (!stopping) {
        const account = newAccount()
        for (;;) {
          const { id, status } = await send(account)
          if (status === 202) accounts.set(id, account)
          else refusals.add(status)
          if (status === 202 || stopping) break
          await new Promise(resolve => setTimeout(resolve, 200))
        }
      }
    })()
    const decider = (async () => {
      for (let n = 0; !stopping; n++) {
        const comment = `comment ${n}`
        const status = await decide(finding, comment)
        if (status === 200) decisions.push(comment)
        else refusals.add(status)
        await new Promise(resolve => setTimeout(resolve, 200))
      }
    })()

    try {
      await expect.poll(() => Math.min(accounts.size, decisions.length), patient).toBeGreaterThan(2)
      await servers.primary.kill()
      const before = { accounts: accounts.size, decisions: decisions.length }
      await servers.promote()
      address.pointTo(servers.standby.port)
      await expect.poll(() => accounts.size, patient).toBeGreaterThan(before.accounts + 1)
      await expect.poll(() => decisions.length, patient).toBeGreaterThan(before.decisions + 1)
    } finally {
      stopping = true
      await Promise.all([sender, decider])
    }

    expect([...refusals].filter(status => ![503, 507].includes(status))).toEqual([])
    await expect.poll(imported([...accounts.keys()]), patient).toBe(accounts.size)
    const { rows } = await pool().query<{ account_id: string; n: number }>(
      `SELECT account_id, count(*)::int AS n FROM finding GROUP BY account_id`,
    )
    const expected = [...accounts.values()].map(account => ({ account_id: account, n: RECORDS }))
    expect(rows).toEqual(expect.arrayContaining(expected))
    const { rows: events } = await pool().query<{ text: string }>(`SELECT e::text AS text FROM finding_event e`)
    const history = events.map(event => event.text).join('\n')
    expect(decisions.filter(comment => !history.includes(comment))).toEqual([])
    expect(worker.exitCode).toBeNull()
  }, 150_000)

  test('connections to a vanished server are closed, and the product continues', async () => {
    const lost = await pool().connect()
    const [own] = (await lost.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows
    const hanging = pool().query('SELECT pg_sleep(300)')
    const others = `FROM pg_stat_activity WHERE usename = 'hinomi' AND pid <> ${own?.pid}`
    const asleep = `SELECT 1 ${others} AND query = 'SELECT pg_sleep(300)'`
    await expect.poll(async () => (await servers.standby.query(asleep)).length, patient).toBe(1)
    address.vanish()
    await servers.standby.query(`SELECT pg_terminate_backend(pid) ${others}`)
    address.pointTo(servers.standby.port)
    // One loses its backend; of the other one the statement never arrives.
    const ended = await Promise.allSettled([hanging, lost.query('SELECT 1')])
    expect(ended.map(each => each.status === 'rejected' && outageOf(each.reason))).toEqual([
      'database_away',
      'database_away',
    ])
    lost.release(true)
    const { id, status } = await send(newAccount())
    expect(status).toBe(202)
    await expect.poll(imported([id]), patient).toBe(1)
    expect(worker.exitCode).toBeNull()
  }, 120_000)
}
