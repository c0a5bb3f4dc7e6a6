import { expect, test } from 'vitest'
import type { AwsAccess } from '../../../lib/aws/aws'
import type { RoleTarget } from '../../../lib/aws/call/credentials'
import { openConnection, processAws } from '../../../lib/aws/connection'
import { fakeCalls } from '../../support/aws/fake-calls'

const never = new AbortController().signal

function setUp(partition: string) {
  const opened: { target: RoleTarget; region: string }[] = []
  const forgotten: string[] = []
  const aws: AwsAccess = {
    asSelf: (account, { region }) => fakeCalls({}, { account, region }),
    asRole: (target, { region, since = null }) => {
      opened.push({ target, region })
      return fakeCalls(
        { 'account:ListRegions': () => ({ Regions: [{ RegionName: region, RegionOptStatus: 'ENABLED' }] }) },
        { account: target.account, region, since },
      )
    },
    forgetSession: session => forgotten.push(session),
  }
  const settings = { partition, roleName: 'HinomiReadOnly', externalId: 'x', session: 'hinomi-7' }
  return { connection: openConnection(settings, aws), opened, forgotten }
}

test.each([
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('a cell of %s without a Region is read in %s, others in their own', async (partition, global) => {
  const { connection, opened } = setUp(partition)
  expect(connection.cell('111111111111', 'global', never).region).toBe(global)
  expect(connection.cell('111111111111', 'xx-west-9', never).region).toBe('xx-west-9')
  expect(await connection.regions('111111111111')).toEqual({ enabled: [global], disabled: [] })
  expect(opened[0]?.target).toEqual({
    account: '111111111111',
    partition,
    roleName: 'HinomiReadOnly',
    externalId: 'x',
    sessionName: 'hinomi-7',
  })
})

test('a window reaches the calls, and a closed connection forgets its credentials', () => {
  const { connection, forgotten } = setUp('aws')
  const since = new Date('2026-11-26T00:00:00Z')
  expect(connection.cell('111111111111', 'eu-west-1', never, { since }).since).toBe(since)
  const calls = connection.cell('111111111111', 'eu-west-1', never)
  expect(calls.since).toBeNull()
  expect(connection.counts(calls)).toEqual({ calls: 0, throttles: 0 })
  connection.close()
  expect(forgotten).toEqual(['hinomi-7'])
})

test('all connections of a process share its limits and sockets, as long as its settings stay', () => {
  const first = processAws()
  expect(processAws()).toBe(first)
  const before = process.env.HINOMI_AWS_ENDPOINT
  process.env.HINOMI_AWS_ENDPOINT = 'http://127.0.0.1:1'
  expect(processAws()).not.toBe(first)
  if (before === undefined) delete process.env.HINOMI_AWS_ENDPOINT
  else process.env.HINOMI_AWS_ENDPOINT = before
})
