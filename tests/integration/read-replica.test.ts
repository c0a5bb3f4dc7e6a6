import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { closeDatabase, openReplica, pool, prisma, replica, replicaState } from '../../lib/db'
import { Replica } from '../../lib/db/replica'
import { env } from '../../lib/env'
import { Prisma } from '../../lib/generated/prisma/client'
import { askDatabase, closeHealthPool } from '../../lib/health/database'
import { log } from '../../lib/log'
import { read, readPrimary } from '../../lib/sql/read'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { Address } from '../support/address'
import { noReplication, type Replication, startReplication } from '../support/replicated-postgres'

log.level = 'silent'
const patient = { timeout: 40_000, interval: 50 }

if (noReplication) test.skip(`reading from a standby is not tested: ${noReplication}`, () => undefined)
else reading()

function reading(): void {
  let servers: Replication
  let address: Address

  beforeAll(async () => {
    servers = await startReplication()
    const { primary, standby } = servers
    await primary.query('CREATE ROLE hinomi LOGIN')
    await primary.query('CREATE DATABASE hinomi OWNER hinomi')
    address = await Address.of(standby.port)
    const url = `postgresql://hinomi@127.0.0.1:${primary.port}/hinomi`
    process.env.DATABASE_URL = url
    process.env.DATABASE_READ_URL = `postgresql://hinomi@127.0.0.1:${address.port}/hinomi`
    await run(process.execPath, [fromRoot('scripts/migrate.mjs')], {
      what: 'Migrating',
      quiet: true,
      env: { ...process.env, DATABASE_URL: url },
    })
    openReplica()
  }, 90_000)

  afterAll(async () => {
    await closeDatabase()
    await address?.close()
    await servers?.stop()
  })

  /** Whether a read is answered by a server in recovery. */
  async function fromStandby(): Promise<boolean | undefined> {
    const [row] = await read<{ standby: boolean }>(Prisma.sql`SELECT pg_is_in_recovery() AS standby`)
    return row?.standby
  }

  async function addSetting(key: string): Promise<void> {
    await prisma().setting.create({ data: { key, value: 1 } })
  }

  async function hasSetting(key: string): Promise<boolean> {
    return (await read(Prisma.sql`SELECT 1 FROM setting WHERE key = ${key}`)).length > 0
  }

  test('reads go to the standby; proofs of identity stay on the primary', async () => {
    await expect.poll(fromStandby, patient).toBe(true)
    const [own] = await readPrimary<{ standby: boolean }>(Prisma.sql`SELECT pg_is_in_recovery() AS standby`)
    expect(own).toEqual({ standby: false })
    expect((await pool().query('SELECT pg_is_in_recovery() AS standby')).rows).toEqual([{ standby: false }])
    expect(replicaState()).toBe('in_use')
  })

  test('new rows are visible immediately, every time', async () => {
    await expect.poll(fromStandby, patient).toBe(true)
    for (let n = 0; n < 50; n++) {
      await addSetting(`seen ${n}`)
      expect(await hasSetting(`seen ${n}`)).toBe(true)
    }
  })

  test('a lagging standby is not used until it has caught up', async () => {
    await expect.poll(fromStandby, patient).toBe(true)
    await servers.standby.query('SELECT pg_wal_replay_pause()')
    await addSetting('behind')
    expect(await hasSetting('behind')).toBe(true)
    expect(await fromStandby()).toBe(false)
    await servers.standby.query('SELECT pg_wal_replay_resume()')
    await expect.poll(fromStandby, patient).toBe(true)
    expect(await hasSetting('behind')).toBe(true)
  })

  test('a read that conflicts with replay is sent to the primary', async () => {
    await expect.poll(fromStandby, patient).toBe(true)
    const position = (await replica()?.position()) ?? ''
    const conflict = Object.assign(new Error('canceling statement due to conflict with recovery'), { code: '40001' })
    const failing = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${conflict.code}', MESSAGE = '${conflict.message}'; END $$`
    expect(await replica()?.query(position, failing, [])).toBeNull()
    expect(await fromStandby()).toBe(true)
  })

  test('a standby that vanished or died is not used until it is back', async () => {
    await expect.poll(fromStandby, patient).toBe(true)
    address.vanish()
    expect(await fromStandby()).toBe(false)
    await expect.poll(replicaState, patient).toBe('away')
    address.pointTo(servers.standby.port)
    await expect.poll(fromStandby, patient).toBe(true)
    await servers.standby.kill()
    expect(await fromStandby()).toBe(false)
    await servers.standby.start()
    await expect.poll(fromStandby, patient).toBe(true)
  })

  test('a standby in place of the primary counts as an unavailable database', async () => {
    const { DATABASE_URL } = env()
    env().DATABASE_URL = env().DATABASE_READ_URL ?? ''
    await expect.poll(askDatabase, patient).toEqual({ codes: ['database_away'], hasWorker: null })
    env().DATABASE_URL = DATABASE_URL
    await closeHealthPool()
    expect((await askDatabase()).codes).toEqual([])
    await closeHealthPool()
  })

  test('another database, and a standby that was promoted, are refused', async () => {
    const { primary } = servers
    await primary.query('CREATE DATABASE another OWNER hinomi')
    const others = [servers.standby.url('another'), `${primary.url('hinomi')}`]
    for (const url of others) {
      const other = new Replica({ url, primary: pool, statementMs: () => 0 })
      await expect.poll(() => other.state, patient).toBe('foreign')
      expect(await other.position()).toBeNull()
      await other.close()
    }
    await expect.poll(fromStandby, patient).toBe(true)
    await servers.promote()
    await addSetting('promoted')
    expect(await hasSetting('promoted')).toBe(true)
    expect(await fromStandby()).toBe(false)
    await expect.poll(replicaState, patient).toBe('foreign')
  })

  test('without a standby reads send no more queries to the primary', async () => {
    await closeDatabase()
    env().DATABASE_READ_URL = undefined
    openReplica()
    expect(replica()).toBeNull()
    const queries = vi.spyOn(pool(), 'query')
    expect(await fromStandby()).toBe(false)
    expect(queries).toHaveBeenCalledTimes(1)
  })
}
