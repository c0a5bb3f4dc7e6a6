import { afterAll, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { allowClosings, asff, bytesOf, importOf, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

const DAY = 86_400_000
const today = Date.now()

/** A complete report that names no time, received and imported by a clock that is so many days ahead. */
function report(days: number, records: unknown[], coverage: 'complete' | 'partial' = 'complete') {
  return send(days, JSON.stringify(records), 'api', null, coverage)
}

async function send(
  days: number,
  body: string,
  origin: 'api' | 'collector',
  observedAt: Date | null,
  coverage: 'complete' | 'partial' = 'complete',
) {
  setClock(() => new Date(today + days * DAY))
  const { id } = await receiveImport(job, bytesOf(body), {
    source: null,
    coverage,
    origin,
    fileName: null,
    observedAt,
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
  expect(feed?.firstAt).toEqual(new Date(today))
  const reopened = await report(2, [one('a', 'LOW'), one('b'), one('c')])
  expect(reopened).toMatchObject({ reopened: 1, heldBack: [] })
})

test('a partial report by a clock that was ahead makes no complete one', async () => {
  const account = newAccount()
  const one = asff({ account, resource: 'a', updatedAt: null })
  await report(30, [one], 'partial')
  await report(1, [one], 'partial')
  expect(await prisma().feed.findMany({ where: { accountId: account } })).toMatchObject([{ lastCompleteAt: null }])
  expect(await prisma().sighting.findMany({ where: { accountId: account } })).toMatchObject([{ goneAt: null }])
})

describe('cells that were read while the clock was ahead', () => {
  const collected = (account: string, days: number, name: string, state = 'ok') => {
    const observedAt = new Date(today + days * DAY)
    const place = { account, region: 'global' }
    const header = { collection: 1, account, collector: 's3', startedAt: observedAt.toISOString(), whole: true }
    const bucket = { inventory: 1, ...place, type: 'AWS::S3::Bucket', arn: 'arn:aws:s3:::one', name, data: {} }
    const cell = { coverage: 1, ...place, collector: 's3', state, complete: state === 'ok', records: 1 }
    const lines = [header, { ...bucket, observedAt: observedAt.toISOString() }, cell]
    return lines.map(line => `${JSON.stringify(line)}\n`).join('')
  }
  const read = (account: string, days: number, name: string, state?: string) =>
    send(days, collected(account, days, name, state), 'collector', new Date(today + days * DAY))

  test('are read again by the right clock', async () => {
    const account = newAccount()
    await read(account, 30, 'ahead')
    await prisma().checkState.create({
      data: {
        accountId: account,
        check: 'root-mfa',
        regions: [],
        whole: true,
        unexamined: [],
        passed: 0,
        failed: 0,
        ...ahead(),
      },
    })
    await prisma().coverage.updateMany({
      where: { accountId: account },
      data: { via: newAccount(), viaAt: new Date(today + 30 * DAY) },
    })
    await read(account, 1, 'now')
    const [cell] = await prisma().coverage.findMany({ where: { accountId: account } })
    const now = new Date(today + DAY)
    expect(cell).toMatchObject({ readAt: now, okAt: now, completeAt: now })
    expect(cell?.viaAt?.getTime()).toBeLessThan(now.getTime())
    expect(await prisma().asset.findMany({ where: { accountId: account } })).toMatchObject([
      { name: 'now', changedAt: now },
    ])
    const [state] = await prisma().checkState.findMany({ where: { accountId: account } })
    expect(state?.readAt.getTime()).toBeLessThan(now.getTime())
  })

  test('have no times that they did not have', async () => {
    const account = newAccount()
    await read(account, 30, 'ahead', 'denied')
    await read(account, 1, 'now', 'denied')
    expect(await prisma().coverage.findMany({ where: { accountId: account } })).toMatchObject([
      { okAt: null, completeAt: null, viaAt: null },
    ])
  })
})

const ahead = () => ({ readAt: new Date(today + 30 * DAY), importId: 1 })
