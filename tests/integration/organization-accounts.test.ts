import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { closeAccount, reopenAccount } from '../../lib/store/accounts/close-account'
import { isAdministrator } from '../../lib/store/collection/assets'
import { applyOrganization } from '../../lib/store/collection/organization'
import { addAsset, addConnection } from '../support/connections'
import { asff, at, bytesOf, complete, ingest, job, newAccount } from './support-ingest'

let [management, shop, connection] = ['', '', '']
beforeEach(async () => {
  ;[management, shop] = [newAccount(), newAccount()]
  connection = await addConnection([], { accountId: management })
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

type Listed = { id: string; status?: string; name?: string; tags?: unknown }

/** What the collector of an organization writes. */
function organization(accounts: readonly Listed[], startedAt: Date, more: readonly object[] = []): string {
  const place = { account: management, region: 'global' }
  const line = (type: string, arn: string, name: string, data: object) => {
    return { inventory: 1, ...place, type, arn, name, data, observedAt: startedAt.toISOString() }
  }
  const lines = [{ id: management, name: 'management' }, ...accounts].map(({ id, status, name, tags = {} }) =>
    line('AWS::Organizations::Account', id, name ?? 'shop', { id, status: status ?? 'ACTIVE', unit: 'Shop', tags }),
  )
  const header = {
    collection: 1,
    account: management,
    collector: 'organization',
    startedAt: startedAt.toISOString(),
    whole: true,
  }
  const cell = { coverage: 1, ...place, collector: 'organization', state: 'ok', complete: true, records: 0 }
  const others = more.map(data => line('AWS::Organizations::DelegatedAdministrator', shop, 'shop', data))
  return [header, ...lines, ...others, cell].map(each => `${JSON.stringify(each)}\n`).join('')
}

const apply = () => applyOrganization(job, { id: connection, accountId: management })

/** A round of the connection. */
async function read(day: number, accounts: readonly Listed[]): Promise<void> {
  await complete(organization(accounts, at(day)), at(day))
  await apply()
}

const upload = (day: number, accounts: readonly Listed[], more: readonly object[] = []) =>
  complete(organization(accounts, at(day), more), at(day), { origin: 'api' })

const shown = async () => {
  const { name, closedReason, connectionId } = await prisma().account.findUniqueOrThrow({ where: { id: shop } })
  return { name, closedReason, connected: connectionId === connection }
}
const open = { name: 'shop', closedReason: '', connected: true }

describe('an organization that somebody uploads', () => {
  test('renames, closes and removes no account', async () => {
    await read(1, [{ id: shop }])
    expect(await shown()).toEqual(open)
    for (const [day, accounts] of [
      [2, [{ id: shop, status: 'SUSPENDED', name: 'renamed' }]],
      [3, []],
      [4, []],
    ] as const) {
      await upload(day, accounts)
      expect(await apply()).toBe(0)
    }
    expect(await shown()).toEqual(open)
    expect(await prisma().account.findUnique({ where: { id: shop } })).toMatchObject({ missingSince: null })
    await read(5, [{ id: shop }])
    expect(await shown()).toEqual(open)
  })

  test('does not outlast the next reading with a time ahead', async () => {
    setClock(() => at(6))
    const { id } = await receiveImport(job, bytesOf(organization([{ id: shop, name: 'ahead' }], at(6, 0, 4))), {
      source: null,
      coverage: 'complete',
      origin: 'api',
      fileName: null,
      observedAt: at(6, 0, 4),
      force: true,
    })
    await runImport(job, id)
    await complete(organization([{ id: shop }], at(6, 0, 2)), at(6, 0, 2))
    await apply()
    expect(await shown()).toEqual(open)
    const cell = await prisma().coverage.findFirstOrThrow({ where: { accountId: management } })
    expect(cell.readAt).toEqual(at(6, 0, 2))
  })

  test('makes nobody an administrator, and the same that the connection reads does', async () => {
    const delegated = { account: shop, services: [{ principal: 'guardduty.amazonaws.com' }] }
    await upload(1, [{ id: shop }], [delegated])
    expect(await isAdministrator(job, shop)).toBe(false)
    await complete(organization([{ id: shop }], at(2), [delegated]), at(2))
    expect(await isAdministrator(job, shop)).toBe(true)
    const cell = { accountId: management, collector: 'organization' }
    await prisma().coverage.updateMany({ where: cell, data: { state: 'denied' } })
    expect(await isAdministrator(job, management)).toBe(true)
  })

  test('makes nobody an administrator either by a row of a collector that Hinomi runs for something else', async () => {
    await complete(organization([{ id: shop }], at(1)), at(1))
    const type = 'AWS::Organizations::DelegatedAdministrator'
    const data = { account: shop, services: [] }
    await addAsset(management, { type, arn: shop, data, collector: 'trusted-advisor' })
    const cell = await prisma().coverage.findFirstOrThrow({ where: { accountId: management } })
    await prisma().coverage.create({ data: { ...cell, collector: 'trusted-advisor' } })
    expect(await isAdministrator(job, shop)).toBe(false)
    await prisma().asset.updateMany({ where: { accountId: management, type }, data: { collector: 'organization' } })
    expect(await isAdministrator(job, shop)).toBe(true)
  })
})

/** The record of the organization itself, without one of its lists. */
function withoutList(report: string, name: string): string {
  const unread = { [name]: { state: 'denied', action: 'organizations:ListDelegatedAdministrators' } }
  const [header = '', ...rest] = report.split('\n')
  const record = {
    ...JSON.parse(rest[0] ?? ''),
    type: 'AWS::Organizations::Organization',
    arn: 'organization',
    data: { unread },
  }
  return [header, JSON.stringify(record), ...rest].join('\n')
}

test('an administrator stays one while their list cannot be read, and accounts and known tags stay', async () => {
  const administrator = [{ account: shop, services: [] }]
  await complete(organization([{ id: shop, tags: { of: 'web' } }], at(1), administrator), at(1), {
    origin: 'collector',
  })
  await apply()
  expect(await isAdministrator(job, shop)).toBe(true)
  const report = organization([{ id: shop, tags: null }], at(2))
  await complete(withoutList(report, 'administrators'), at(2), { origin: 'collector' })
  await apply()
  expect(await isAdministrator(job, shop)).toBe(true)
  expect(await shown()).toEqual(open)
  const { tags } = await prisma().account.findUniqueOrThrow({ where: { id: shop } })
  expect(tags).toEqual({ of: 'web' })
  await complete(withoutList(report, 'policies').replaceAll(at(2).toISOString(), at(3).toISOString()), at(3), {
    origin: 'collector',
  })
  expect(await isAdministrator(job, shop)).toBe(false)
})

describe('an account that the organization lacks', () => {
  test('has left after two readings, for good', async () => {
    await read(1, [{ id: shop }])
    await read(2, [])
    // The same reading twice says nothing new.
    await apply()
    expect(await shown()).toEqual(open)
    await read(3, [{ id: shop }])
    await read(4, [])
    expect(await shown()).toEqual(open)
    await read(5, [])
    const gone = { name: 'shop', closedReason: 'LEFT', connected: false }
    expect(await shown()).toEqual(gone)
    // Whoever brings it back keeps it.
    await ingest([asff({ account: shop })], { observedAt: at(6) })
    await read(7, [])
    await read(8, [])
    expect(await shown()).toEqual({ ...gone, closedReason: '' })
    await read(9, [{ id: shop }])
    expect(await shown()).toEqual(open)
  })

  test('has not left where its data cannot be read', async () => {
    await read(1, [{ id: shop }])
    await read(2, [{ id: shop, tags: ['none'] }])
    await read(3, [{ id: shop, tags: ['none'] }])
    expect(await shown()).toEqual(open)
  })
})

describe('a closed account', () => {
  const report = (day: number, origin: 'api' | 'collector' | 'events') =>
    ingest([asff({ account: shop, updatedAt: at(day) })], { observedAt: at(day), origin })

  test('stays as its organization says, whatever names it', async () => {
    await read(1, [{ id: shop }])
    await read(2, [{ id: shop, status: 'SUSPENDED' }])
    for (const [day, origin] of [
      [3, 'collector'],
      [4, 'events'],
      [5, 'api'],
    ] as const) {
      await report(day, origin)
      expect(await shown()).toEqual({ ...open, closedReason: 'SUSPENDED' })
    }
    await read(6, [{ id: shop }])
    expect(await shown()).toEqual(open)
  })

  test('that a person closed is reopened by a report that somebody sends, and not by what Hinomi reads', async () => {
    await read(1, [{ id: shop }])
    await closeAccount(job, { id: shop, reason: 'Sold' })
    await report(3, 'collector')
    await report(4, 'events')
    expect(await shown()).toEqual({ ...open, closedReason: 'Sold' })
    await report(5, 'api')
    expect(await shown()).toEqual(open)
    await closeAccount(job, { id: shop, reason: 'Sold' })
    await reopenAccount(job, { id: shop })
    expect(await shown()).toEqual(open)
  })
})

test('a name that is cut in the middle of a character holds up no other account', async () => {
  const name = `${'a'.repeat(199)}\u{1d400}`
  await read(2, [{ id: shop, name }])
  expect(await shown()).toEqual({ ...open, name: 'a'.repeat(199) })
})
