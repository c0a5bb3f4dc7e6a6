import { describe, expect, test } from 'vitest'
import { AccountId } from '../../../lib/domain/accounts/account-id'
import {
  type Cell,
  type CheckDefinition,
  type Inventory,
  ownControl,
  type Resource,
} from '../../../lib/domain/checks/check'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { CheckRecord } from '../../../lib/domain/checks/record'
import { inventoryWith } from '../../support/inventory'

const OK: Cell = { state: 'ok', complete: true, action: null }
const DENIED: Cell = { state: 'denied', complete: false, action: 'ec2:DescribeSecurityGroups' }

function group(region: string, name: string, open: boolean): Resource {
  const [firstSeenAt, changedAt] = [new Date('2026-06-01T00:00:00Z'), new Date('2026-06-02T00:00:00Z')]
  const arn = `arn:aws:ec2:${region}:111122223333:security-group/${name}`
  return { region, type: 'AWS::EC2::SecurityGroup', arn, name, data: { open }, firstSeenAt, changedAt }
}

function inventory(cells: Record<string, Cell>, resources: readonly Resource[] = []): Inventory {
  return inventoryWith({
    account: { id: AccountId.parse('111122223333'), name: 'Shop', environment: null, tags: {} },
    regions: [...new Set(Object.keys(cells).map(key => key.split(' ')[1] ?? ''))].filter(each => each !== 'global'),
    resources: (type, region) => resources.filter(r => r.type === type && (region ?? r.region) === r.region),
    cell: (collector, region) => cells[`${collector} ${region}`] ?? null,
  })
}

const openGroups: CheckDefinition = {
  id: 'open-groups',
  controls: ['EC2.19', 'EC2.13'],
  severity: 'high',
  needs: ['ec2'],
  regional: true,
  *run({ resources }, region) {
    for (const { arn, data, firstSeenAt } of resources('AWS::EC2::SecurityGroup', region))
      yield {
        resource: { id: arn, type: 'AwsEc2SecurityGroup' },
        result: data.open === true ? 'failed' : 'passed',
        evidence: [{ name: 'since', value: firstSeenAt.toISOString(), as: 'time' }],
      }
  },
}

const accountWide: CheckDefinition = {
  id: 'some-group',
  controls: [ownControl('some-group')],
  severity: 'low',
  needs: ['account', 'ec2'],
  regional: false,
  *run({ account, resources }) {
    const found = resources('AWS::EC2::SecurityGroup').length > 0
    yield { resource: { id: account.id, type: 'AwsAccount' }, result: found ? 'passed' : 'failed' }
  },
}

describe('a check of each Region', () => {
  test('gives a result for each of its controls where the Region was read', () => {
    const cells = { 'ec2 eu-west-1': OK, 'ec2 us-east-1': DENIED }
    const groups = [
      group('eu-west-1', 'sg-1', true),
      group('eu-west-1', 'sg-2', false),
      group('us-east-1', 'sg-3', true),
    ]
    const { records, examined, errors } = evaluate(inventory(cells, groups), [openGroups])
    expect(records.map(({ control, resource, result }) => [control, resource.id.slice(-4), result])).toEqual([
      ['EC2.19', 'sg-1', 'failed'],
      ['EC2.13', 'sg-1', 'failed'],
      ['EC2.19', 'sg-2', 'passed'],
      ['EC2.13', 'sg-2', 'passed'],
    ])
    expect(errors).toEqual([])
    expect(examined).toMatchObject([
      {
        check: 'open-groups',
        regions: ['eu-west-1'],
        unexamined: [{ region: 'us-east-1', collector: 'ec2', state: 'denied', action: 'ec2:DescribeSecurityGroups' }],
        passed: 1,
        failed: 1,
      },
    ])
  })

  test('says that nothing was read in an account without Regions', () => {
    const { records, examined } = evaluate(inventory({}), [openGroups])
    expect([records, examined[0]?.regions]).toEqual([[], []])
    expect(examined[0]?.unexamined).toEqual([{ region: 'global', collector: 'ec2', state: 'unread', action: null }])
  })

  test('reads nothing into a Region of which only changes were ever read', () => {
    const { records, examined } = evaluate(inventory({ 'ec2 eu-west-1': { ...OK, complete: false } }), [openGroups])
    expect([records, examined[0]?.unexamined[0]?.state]).toEqual([[], 'unread'])
  })
})

describe('a check of the account', () => {
  test('needs every Region of what it needs', () => {
    const all = { 'account global': OK, 'ec2 eu-west-1': OK, 'ec2 us-east-1': OK }
    expect(evaluate(inventory(all), [accountWide]).examined).toMatchObject([
      { regions: null, unexamined: [], failed: 1 },
    ])
    const { records, examined } = evaluate(inventory({ ...all, 'ec2 us-east-1': DENIED }), [accountWide])
    expect(records).toEqual([])
    expect(examined).toMatchObject([{ regions: [], unexamined: [{ region: 'us-east-1', state: 'denied' }] }])
  })
})

test('a check that ends with an error examines nothing, and the others go on', () => {
  const broken: CheckDefinition = {
    ...openGroups,
    id: 'broken',
    controls: ['hinomi/broken'],
    // biome-ignore lint/correctness/useYield: it fails before it has a result
    *run() {
      throw new Error('no such field')
    },
  }
  const { records, examined, errors } = evaluate(
    inventory({ 'ec2 eu-west-1': OK }, [group('eu-west-1', 'sg-1', true)]),
    [broken, openGroups],
  )
  expect(errors.map(({ check }) => check)).toEqual(['broken'])
  expect(examined[0]).toMatchObject({
    check: 'broken',
    regions: [],
    unexamined: [{ state: 'not_evaluated' }],
    failed: 0,
  })
  expect(records.map(({ check }) => check)).toEqual(['open-groups', 'open-groups'])
})

test('of two results for a resource the failed one counts, and an unknown control is an error', () => {
  const resource = { id: 'arn:aws:iam::111122223333:user/deploy', type: 'AwsIamUser' }
  const twice: CheckDefinition = {
    ...accountWide,
    needs: ['account'],
    *run() {
      yield { resource, result: 'passed' }
      yield { resource, result: 'failed' }
      yield { resource, result: 'passed' }
    },
  }
  const account = inventory({ 'account global': OK })
  expect(evaluate(account, [twice]).records.map(({ result }) => result)).toEqual(['failed'])
  const wrong: CheckDefinition = {
    ...twice,
    *run() {
      yield { control: 'EC2.1', resource, result: 'failed' }
    },
  }
  expect(evaluate(account, [wrong]).errors).toHaveLength(1)
})

describe('a check that is disabled', () => {
  test('finds nothing and has looked everywhere, so that its findings end', () => {
    const given = {
      ...inventory({ 'ec2 eu-west-1': DENIED }, [group('eu-west-1', 'sg-1', true)]),
      off: new Set(['open-groups']),
    }
    const { records, examined } = evaluate(given, [openGroups])
    expect(records).toEqual([])
    expect(examined).toMatchObject([{ regions: null, unexamined: [], passed: 0, failed: 0 }])
  })
})

describe('a resource that AWS does not show', () => {
  test('is neither a pass nor a failure, and is counted', () => {
    const hidden: CheckDefinition = {
      ...openGroups,
      *run(_, region) {
        yield { resource: { id: `arn of ${region}`, type: 'AwsEc2SecurityGroup' }, result: 'unknown' }
      },
    }
    const { records, examined } = evaluate(inventory({ 'ec2 eu-west-1': OK }), [hidden])
    expect(records.map(({ result }) => result)).toEqual(['not_available', 'not_available'])
    expect(examined).toMatchObject([{ passed: 0, failed: 0, unknown: 1 }])
  })
})

test('a check may say itself what it lacks', () => {
  const place = { region: 'eu-west-1', collector: 'ec2', state: 'denied', action: 'ec2:X' } as const
  const { examined } = evaluate(inventory({ 'ec2 eu-west-1': OK }), [{ ...openGroups, unexamined: () => place }])
  expect(examined).toMatchObject([{ regions: [], unexamined: [place] }])
})

test('a long text of a resource is cut, so that its record is accepted', () => {
  const described: CheckDefinition = {
    ...openGroups,
    *run() {
      const value = `${'x'.repeat(3999)}\u{1d400}`
      yield { resource: { id: 'a', type: 'b' }, result: 'failed', evidence: [{ name: 'description', value }] }
    },
  }
  const { records } = evaluate(inventory({ 'ec2 eu-west-1': OK }), [described])
  expect(records).toHaveLength(2)
  for (const record of records) expect(CheckRecord.parse(record).evidence[0]?.value).toBe('x'.repeat(3999))
})
