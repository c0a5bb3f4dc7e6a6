import { readFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { jobAccess } from '../../lib/access/job'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { loadInventory } from '../../lib/store/checks/inventory'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { at, complete, expectTrueCounts, newAccount, partial } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

interface CellGiven {
  region: string
  state?: string
  complete?: boolean
  records?: number
}

function report(
  collector: string,
  lines: readonly object[],
  cells: readonly CellGiven[],
  { day = 1, whole = true } = {},
) {
  const header = { collection: 1, account, collector, startedAt: at(day).toISOString(), whole }
  const last = cells.map(({ region, state = 'ok', complete: all = state === 'ok', records = 0 }) => {
    return { coverage: 1, account, region, collector, state, complete: all, records }
  })
  return [header, ...lines, ...last].map(line => `${JSON.stringify(line)}\n`).join('')
}

function threat(id: string, region: string) {
  const arn = `arn:aws:guardduty:${region}:${account}:detector/d1/finding/${id}`
  return {
    SchemaVersion: '2.0',
    AccountId: account,
    Region: region,
    Id: id,
    Arn: arn,
    Type: 'UnauthorizedAccess:EC2/SSHBruteForce',
    Severity: 5,
    CreatedAt: at(0).toISOString(),
    UpdatedAt: at(0).toISOString(),
    Resource: { ResourceType: 'Instance', InstanceDetails: { InstanceId: `i-${id}` } },
    Service: { Archived: false, Count: 1 },
  }
}

function bucket(name: string, data: object, region = 'eu-west-1') {
  const arn = `arn:aws:s3:::${name}`
  return { inventory: 1, account, region, type: 'AWS::S3::Bucket', arn, name, data, observedAt: at(1).toISOString() }
}

async function open(): Promise<string[]> {
  const rows = await prisma().finding.findMany({ where: { accountId: account, status: 'new' } })
  return rows.map(row => row.resourceName).sort()
}

async function assets(): Promise<string[]> {
  const rows = await prisma().asset.findMany({ where: { accountId: account } })
  return rows.map(row => row.name).sort()
}

const TWO = [{ region: 'eu-west-1' }, { region: 'us-east-1' }]

describe('a collected report of findings', () => {
  test('closes at once what it lacks in the cells that it read', async () => {
    const found = Array.from({ length: 40 }, (_, n) => threat(`a${n}`, n % 2 ? 'eu-west-1' : 'us-east-1'))
    await complete(report('guardduty', found, TWO), at(1))
    expect(await open()).toHaveLength(40)
    const run = await complete(report('guardduty', [], TWO, { day: 2 }), at(2))
    expect(run.heldBack).toEqual([])
    expect(await open()).toEqual([])
    await expectTrueCounts()
  })

  test.each(['denied', 'throttled', 'failed', 'not_enabled', 'no_plan'])(
    'closes nothing in a cell that is %s',
    async state => {
      await complete(report('guardduty', [threat('b1', 'eu-west-1'), threat('b2', 'us-east-1')], TWO), at(1))
      const cells = [{ region: 'eu-west-1', state }, { region: 'us-east-1' }]
      await complete(report('guardduty', [], cells, { day: 2 }), at(2))
      expect(await open()).toEqual([expect.stringContaining('i-b1')])
      expect(
        await prisma().coverage.findMany({ where: { accountId: account }, orderBy: { region: 'asc' } }),
      ).toMatchObject([
        { region: 'eu-west-1', state, okAt: at(1), since: at(2) },
        { region: 'us-east-1', state: 'ok', okAt: at(2), since: at(1) },
      ])
    },
  )

  test('closes nothing after a window of changes, nor in Regions that it does not name', async () => {
    await complete(report('guardduty', [threat('c1', 'eu-west-1'), threat('c2', 'us-east-1')], TWO), at(1))
    await complete(report('guardduty', [], [{ region: 'eu-west-1', complete: false }], { day: 2 }), at(2))
    expect(await open()).toHaveLength(2)
    await complete(report('guardduty', [], [{ region: 'us-east-1' }], { day: 3, whole: false }), at(3))
    expect(await open()).toEqual([expect.stringContaining('i-c1')])
  })

  test('closes nothing if its sender may only add', async () => {
    await complete(report('guardduty', [threat('d1', 'eu-west-1')], TWO), at(1))
    await partial(report('guardduty', [], TWO, { day: 2 }), at(2))
    expect(await open()).toHaveLength(1)
  })

  test('says that the service was heard, also without a finding', async () => {
    await complete(report('guardduty', [], TWO), at(1))
    const feeds = await prisma().feed.findMany({ where: { accountId: account } })
    expect(feeds).toMatchObject([{ source: 'guardduty', product: 'GuardDuty', lastCompleteAt: at(1) }])
  })
})

describe('a collected report of resources', () => {
  const cells = [{ region: 'global' }]

  test('deletes none where fewer arrived than its cells count', async () => {
    const [one, two] = [bucket('one', {}), bucket('two', {})]
    await complete(report('s3', [one, two], [{ region: 'global', records: 2 }]), at(1))
    await complete(report('s3', [one], [{ region: 'global', records: 2 }], { day: 2 }), at(2))
    expect(await assets()).toEqual(['one', 'two'])
    expect(await prisma().coverage.findMany({ where: { accountId: account } })).toMatchObject([{ completeAt: at(1) }])
    // AWS may list one twice.
    await complete(report('s3', [one, one], [{ region: 'global', records: 2 }], { day: 3 }), at(3))
    expect(await assets()).toEqual(['one'])
    expect(await prisma().coverage.findMany({ where: { accountId: account } })).toMatchObject([{ completeAt: at(3) }])
  })

  test('stores, changes and deletes them, and keeps the time of a change', async () => {
    await complete(report('s3', [bucket('one', { versioning: false }), bucket('two', {})], cells), at(1))
    await complete(report('s3', [bucket('one', { versioning: true })], cells, { day: 2 }), at(2))
    await complete(report('s3', [bucket('one', { versioning: true })], cells, { day: 3 }), at(3))
    const [only, ...others] = await prisma().asset.findMany({ where: { accountId: account } })
    expect(others).toEqual([])
    expect(only).toMatchObject({ name: 'one', data: { versioning: true }, firstSeenAt: at(1), changedAt: at(2) })
  })

  test('stores texts that PostgreSQL cannot hold without what it refuses', async () => {
    const odd = bucket('one', { policy: 'a\u0000b\ud800', 'k\u0000': [1] })
    expect(await complete(report('s3', [odd], cells), at(1))).toMatchObject({ state: 'done', rejected: 0 })
    const [only] = await prisma().asset.findMany({ where: { accountId: account } })
    expect(only?.data).toEqual({ policy: 'a\ufffdb\ufffd', 'k\ufffd': [1] })
  })

  test('deletes nothing where the cell was denied, or a line of the account was refused', async () => {
    await complete(report('s3', [bucket('one', {})], cells), at(1))
    await complete(report('s3', [], [{ region: 'global', state: 'denied' }], { day: 2 }), at(2))
    const bad = { ...bucket('two', {}), type: 'bucket' }
    const run = await complete(report('s3', [bad], cells, { day: 3 }), at(3))
    expect(run.rejected).toBe(1)
    expect(await assets()).toEqual(['one'])
  })

  test('of an earlier time changes nothing that a later one read', async () => {
    await complete(report('s3', [bucket('one', { n: 2 })], cells, { day: 5 }), at(5))
    await complete(report('s3', [bucket('one', { n: 1 }), bucket('old', {})], cells, { day: 4 }), at(4))
    expect(await prisma().asset.findMany({ where: { accountId: account } })).toMatchObject([
      { name: 'one', data: { n: 2 } },
    ])
    expect(await prisma().coverage.findMany({ where: { accountId: account } })).toMatchObject([{ readAt: at(5) }])
  })

  test('keeps the resources of another collector', async () => {
    await complete(report('s3', [bucket('one', {})], cells), at(1))
    await complete(report('kms', [], [{ region: 'eu-west-1' }], { day: 2 }), at(2))
    expect(await assets()).toEqual(['one'])
  })
})

describe('a resource of a type that its collector does not write', () => {
  const settings = (name: string, data: object) => {
    const arn = `arn:aws:iam::${account}:${name}`
    const type = 'AWS::IAM::AccountSettings'
    return { inventory: 1, account, region: 'global', type, arn, name, data, observedAt: at(1).toISOString() }
  }
  const stored = () =>
    prisma().asset.findMany({
      where: { accountId: account },
      orderBy: { arn: 'asc' },
      select: { collector: true, name: true, data: true },
    })
  /** A row of another collector, from before such lines were refused. */
  const plant = async (name: string, collector: string) => {
    await complete(report('iam', [settings(name, { planted: true })], [{ region: 'global', complete: false }]), at(1))
    await prisma().asset.updateMany({ where: { accountId: account, name }, data: { collector } })
  }

  test.each(['guardduty', 's3', 'checks'])('is refused in a report of %s, and changes nothing', async collector => {
    await complete(report('iam', [settings('root', { mfa: 0 })], [{ region: 'global' }]), at(1))
    const planted = [settings('root', { mfa: 1 }), settings('aaa', { mfa: 1 })]
    const run = await complete(report(collector, planted, [{ region: 'eu-west-1' }], { day: 2 }), at(2))
    expect(run).toMatchObject({ rejected: 2 })
    const rejects = await prisma().importReject.findMany({ where: { importId: run.id }, select: { params: true } })
    expect(rejects.map(({ params }) => params)).toEqual([{ field: 'type' }, { field: 'type' }])
    expect(await stored()).toEqual([{ collector: 'iam', name: 'root', data: { mfa: 0 } }])
  })

  test('is not read by checks, and is replaced by what its own collector reads', async () => {
    await plant('aaa', 'guardduty')
    await plant('root', 'guardduty')
    const access = jobAccess('checks', { permissions: ['imports:read', 'imports:write', 'imports:close'] })
    const judged = async () =>
      (await loadInventory(access, account))?.resources('AWS::IAM::AccountSettings').map(({ data }) => data)
    expect(await judged()).toEqual([])
    await complete(report('iam', [settings('root', { planted: true })], [{ region: 'global' }], { day: 2 }), at(2))
    expect(await judged()).toEqual([{ planted: true }])
    expect(await stored()).toContainEqual({ collector: 'iam', name: 'root', data: { planted: true } })
  })

  test('that was stored by an earlier version is deleted by the upgrade, and its account is checked again', async () => {
    await plant('aaa', 'guardduty')
    await plant('root', 'iam')
    await prisma().checkRun.updateMany({ where: { accountId: account }, data: { dueAt: null } })
    const path = fromRoot('prisma/migrations/20261128000401_resources_of_collectors/migration.sql')
    await pool().query(readFileSync(path, 'utf8'))
    expect(await stored()).toEqual([{ collector: 'iam', name: 'root', data: { planted: true } }])
    expect(await prisma().checkRun.findMany({ where: { accountId: account } })).toMatchObject([
      { dueAt: expect.any(Date) },
    ])
  })

  test('does not take over the row of another collector that writes its type', async () => {
    const acl = { ...settings('acl', { n: 1 }), type: 'AWS::WAFv2::WebACL' }
    await complete(report('waf-global', [acl], [{ region: 'global' }]), at(1))
    await complete(report('waf', [{ ...acl, data: { n: 2 } }], [{ region: 'eu-west-1' }], { day: 2 }), at(2))
    expect(await stored()).toEqual([{ collector: 'waf-global', name: 'acl', data: { n: 1 } }])
  })
})

test('lines without a header, of another collector, or malformed, are refused with their field', async () => {
  const [, line = ''] = report('s3', [bucket('one', {})], []).split('\n')
  const without = await complete(`${line}\n${line}\n`, at(1))
  expect(without).toMatchObject({ rejected: 2 })
  const other = { coverage: 1, account, region: 'global', collector: 'kms', state: 'ok', complete: true, records: 0 }
  const run = await complete(report('s3', [other], [{ region: 'UPPER' }]), at(1))
  expect(run).toMatchObject({ rejected: 2 })
  const codes = await prisma().importReject.findMany({ where: { importId: { in: [without.id, run.id] } } })
  expect(new Set(codes.map(({ code, params }) => `${code} ${JSON.stringify(params)}`))).toEqual(
    new Set([
      'missing_field {"field":"collection"}',
      'bad_field {"field":"collector"}',
      'bad_field {"field":"region"}',
    ]),
  )
})
