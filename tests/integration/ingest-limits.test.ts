import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { asff, at, complete, newAccount, rejectsOf } from './support-ingest'

afterAll(closeDatabase)

/** Text that PostgreSQL cannot compress, so that it counts in full against the size of an index row: three bytes a character. */
function dense(length: number): string {
  let state = length
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return String.fromCharCode(0x4e00 + ((state >>> 12) % 20_000))
  }
  return Array.from({ length }, next).join('')
}

const instance = (account: string, control: string, name: string) => ({
  ...asff({ account, id: 'long' }),
  Title: 'A vulnerability',
  Resources: [{ Type: 'AwsEc2Instance', Id: `arn:aws:ec2:us-east-1:${account}:instance/i-${name}` }],
  Vulnerabilities: [{ Id: control }],
})

type Make = (account: string) => Record<string, unknown>
const refused: [string, Make][] = [
  ['control', account => asff({ account, id: 'long', control: dense(171) })],
  ['region', account => ({ ...asff({ account, id: 'long' }), Region: `us${'-east'.repeat(20)}` })],
  ['resource', account => asff({ account, id: 'long', resource: dense(680) })],
  ['id', account => asff({ account, id: dense(683) })],
  ['CVE', account => instance(account, dense(600), '0a1b')],
  ['instance', account => instance(account, 'CVE-2025-0001', dense(670))],
]
const accepted: [string, Make][] = [
  ['control', account => asff({ account, id: 'long', control: dense(170), title: dense(1000) })],
  ['title', account => asff({ account, id: 'long', control: 'S3.4', title: dense(1000) })],
  ['resource', account => asff({ account, id: 'long', resource: dense(675) })],
  ['resource type', account => asff({ account, id: 'long', control: 'S3.5', type: dense(200) })],
  ['product', account => asff({ account, id: 'long', product: dense(200), control: dense(170) })],
  ['instance and CVE', account => instance(account, dense(170), dense(660))],
]

test.each(refused)('a record with too long a %s is refused alone', async (_what, make) => {
  const account = newAccount()
  const run = await complete([asff({ account }), make(account), asff({ account, control: 'S3.3' })], at(1))
  expect(run).toMatchObject({ state: 'done', accepted: 2, rejected: 1, created: 2 })
  expect(await rejectsOf(run.id)).toEqual({ 1: 'bad_field' })
})

test.each(accepted)('a record with the longest %s there may be is stored', async (_what, make) => {
  const account = newAccount()
  const run = await complete([asff({ account }), make(account), asff({ account, control: 'S3.3' })], at(1))
  expect(run).toMatchObject({ state: 'done', accepted: 3, rejected: 0, created: 3 })
})

test('a record whose resource has the name of a language feature is refused or stored alone', async () => {
  const account = newAccount()
  const threat = (resourceType: string) => ({
    schemaVersion: '2.0',
    accountId: account,
    region: 'us-east-1',
    id: resourceType,
    type: 'Recon:IAMUser/UserPermissions',
    severity: 5,
    resource: { resourceType },
    service: {},
  })
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
  const run = await complete([asff({ account }), ...names.map(threat)], at(1))
  expect(run).toMatchObject({ state: 'done', accepted: 5, rejected: 0, created: 5 })
})
