import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, POOL_SIZE, pool, prisma } from '../../lib/db'
import { lockAccounts } from '../../lib/store/accounts/lock'
import { applyException } from '../../lib/store/exceptions/apply'
import { decideException } from '../../lib/store/exceptions/decide'
import { requestException, requestRule } from '../../lib/store/exceptions/request'
import { people, reported, type Who } from './support-exceptions'
import { at } from './support-ingest'
import { waiting } from './support-locks'

let member: Who
let sreLead: Who

beforeAll(async () => {
  ;({ member, sreLead } = await people())
})
beforeEach(async () => {
  await prisma().exception.deleteMany({})
  setClock(() => at(10))
})
afterAll(closeDatabase)

/** Changes findings of an account as a batch of an import does: under its lock, at first not to be seen. */
async function batch(account: string, change: string): Promise<{ end: () => Promise<void> }> {
  const client = await pool().connect()
  await client.query('BEGIN')
  await lockAccounts(client, [account])
  await client.query(`UPDATE finding SET ${change} WHERE account_id = $1`, [account])
  const end = async () => {
    await client.query('COMMIT')
    client.release()
  }
  return { end }
}

const asked = { kind: 'accepted' as const, reason: 'why', controls: 'how', until: '2026-06-20' }

test.each([
  ['made critical', 'severity = 5', { reason: 'exceptionNeedsSecurity' }],
  ['closed', `status = 'resolved', resolved_reason = 'absent', resolved_at = now()`, { reason: 'exceptionResolved' }],
])('a decision on a finding that an import has just %s uses its new state', async (_what, change, problem) => {
  const { account, key } = await reported()
  await prisma().finding.updateMany({ where: { accountId: account }, data: { severity: 3 } })
  const { id } = await requestException(member, { ...asked, finding: key })
  const { end } = await batch(account, change)
  const decided = decideException(sreLead, { id, approve: true, note: 'Seen' })
  decided.catch(() => undefined)
  await waiting(1)
  await end()
  await expect(decided).rejects.toMatchObject(problem)
  expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ state: 'requested' })
})

test('a decision on a rule waits for no import', async () => {
  const { account } = await reported()
  const { id } = await requestRule(member, { ...asked, match: { accounts: [account] } })
  const { end } = await batch(account, 'severity = 3')
  expect(await decideException(sreLead, { id, approve: true, note: 'Seen' })).toEqual({ id })
  await end()
})

test('more simultaneous decisions than connections of the pool all complete', async () => {
  const { account } = await reported()
  const ids: number[] = []
  for (let n = 0; n < POOL_SIZE + 2; n++) {
    const { id } = await requestRule(member, { ...asked, match: { accounts: [account] } })
    await decideException(sreLead, { id, approve: true, note: 'Seen' })
    ids.push(id)
  }
  const importer = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await importer.connect()
  try {
    await importer.query('BEGIN')
    await lockAccounts(importer, [account])
    const applied = Promise.all(ids.map(id => applyException(sreLead, id)))
    applied.catch(() => undefined)
    // Every connection of the pool is in a transaction that waits for the account.
    const blocked = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
    await expect.poll(async () => (await importer.query(blocked)).rows[0].n).toBe(POOL_SIZE)
    await importer.query('COMMIT')
    const changed = (await applied).map(each => each.changed)
    expect(changed.reduce((sum, n) => sum + n, 0)).toBe(1)
  } finally {
    await importer.end()
  }
  expect(await prisma().exception.count({ where: { id: { in: ids }, pending: true } })).toBe(0)
})
