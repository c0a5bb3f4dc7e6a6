import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { allowClosings, asff, bytesOf, importOf, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

const DAY = 86_400_000
const today = Date.now()

/** A complete report that names no time, received and imported by a clock that is so many days ahead. */
async function report(days: number, records: unknown[]) {
  setClock(() => new Date(today + days * DAY))
  const { id } = await receiveImport(job, bytesOf(JSON.stringify(records)), {
    source: null,
    coverage: 'complete',
    origin: 'api',
    fileName: null,
    observedAt: null,
    force: true,
  })
  await runImport(job, id)
  return importOf(id)
}

test('a report received while the clock was ahead does not block later ones', async () => {
  await allowClosings()
  const account = newAccount()
  const one = (resource: string, severity = 'MEDIUM') => asff({ account, resource, severity, updatedAt: null })
  await report(0, [one('a'), one('b'), one('c')])
  await report(30, [one('a', 'HIGH'), one('b'), one('c')])

  const after = await report(1, [one('a', 'LOW'), one('b')])
  expect(after).toMatchObject({ state: 'done', updated: 1, resolved: 1, heldBack: [], older: 0 })
  const [feed] = await prisma().feed.findMany({ where: { accountId: account } })
  expect(feed?.lastAt).toEqual(new Date(today + DAY))
  expect(feed?.lastCompleteAt).toEqual(new Date(today + DAY))
  expect(feed && feed.silentAfter.getTime() < today + 30 * DAY).toBe(true)
  const reopened = await report(2, [one('a', 'LOW'), one('b'), one('c')])
  expect(reopened).toMatchObject({ reopened: 1, heldBack: [] })
})
