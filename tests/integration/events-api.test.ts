import { createSign, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { POST } from '../../app/api/v1/events/route'
import { limitRate, rates } from '../../lib/access/api/rate-limit'
import { closeDatabase, prisma } from '../../lib/db'
import { signedText } from '../../lib/domain/collection/events/sns'
import { runImport } from '../../lib/ingest/run/run'
import { importEvents } from '../../lib/jobs/events/batch'
import { addEventKey, removeEventKey } from '../../lib/store/events/keys'
import { storeEvents } from '../../lib/store/events/receive'
import { guardDutyEvent, securityHubEvent } from '../support/aws/examples/events'
import { selfSigned } from '../support/certificate'
import { addConnection } from '../support/connections'
import { accessFor } from '../support/organisation'
import { job, newAccount } from './support-ingest'

const admin = accessFor('admin')
const account = '770000000041'
const TOPIC = `arn:aws:sns:eu-west-1:${account}:hinomi`
const HOST = 'https://sns.eu-west-1.amazonaws.com'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const asked: string[] = []
let [atOnce, most] = [0, 0]
const sns = createServer((request, response) => {
  asked.push(request.url ?? '')
  const isCertificate = request.url === '/SimpleNotificationService-1.pem'
  if (request.url?.startsWith('/SimpleNotificationService-away')) {
    response.writeHead(500)
    atOnce += 1
    most = Math.max(most, atOnce)
    setTimeout(() => {
      atOnce -= 1
      response.end()
    }, 100)
    return
  }
  response.writeHead(isCertificate || request.url?.startsWith('/?Action=ConfirmSubscription') ? 200 : 404)
  response.end(isCertificate ? certificate : '<ok/>')
})
/** Deeper than any event, in less than a megabyte. */
const nested = '['.repeat(200_000) + ']'.repeat(200_000)
let certificate = ''
let connection = ''

beforeAll(async () => {
  certificate = selfSigned(privateKey, publicKey)
  await new Promise<void>(done => sns.listen(0, '127.0.0.1', done))
  process.env.HINOMI_AWS_ENDPOINT = `http://127.0.0.1:${(sns.address() as AddressInfo).port}`
})
afterAll(async () => {
  sns.close()
  await closeDatabase()
})
beforeEach(async () => {
  asked.length = 0
  await prisma().connection.deleteMany()
  connection = await addConnection([], { accountId: account })
})

async function send(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const request = new Request('http://localhost/api/v1/events', { method: 'POST', headers, body: text })
  const answer = await POST(request)
  return { status: answer.status, ...(await answer.json()) }
}

function signed(message: Record<string, string>, version: '1' | '2' = '2') {
  const full = {
    MessageId: 'm1',
    TopicArn: TOPIC,
    Timestamp: new Date().toISOString(),
    SignatureVersion: version,
    SigningCertURL: `${HOST}/SimpleNotificationService-1.pem`,
    ...message,
  }
  const sign = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
  const Signature = sign.update(signedText(full as never)).sign(privateKey, 'base64')
  return { ...full, Signature }
}

describe('an API destination', () => {
  test('sends with a key, and the event is stored before the answer and once', async () => {
    const { key } = await addEventKey(admin, { connection })
    const event = guardDutyEvent(1, { account })
    const headers = { 'x-hinomi-key': key }
    expect(await send(event, headers)).toEqual({ status: 202, stored: 1, known: 0, refused: 0 })
    expect(await prisma().pushedEvent.findMany()).toMatchObject([
      { eventId: event.id, accountId: account, way: 'http' },
    ])
    expect(await send(event, headers)).toEqual({ status: 202, stored: 0, known: 1, refused: 0 })
    const again = { connectionId: connection, way: 'queue' as const, refused: [] }
    const events = [{ id: event.id, account, feed: 'guardduty' as const, at: new Date(), body: '{}' }]
    expect(await storeEvents(job, { ...again, events })).toMatchObject({ stored: 0, known: 1 })
  })

  test('is answered in words where the account, the kind or the shape is wrong', async () => {
    const { key } = await addEventKey(admin, { connection })
    const headers = { 'x-hinomi-key': key, 'accept-language': 'en' }
    const foreign = securityHubEvent('S3.1', { account, of: '999999999999' })
    expect(await send(foreign, headers)).toMatchObject({ status: 400, detail: expect.stringContaining('999999999999') })
    expect(await send({ ...foreign, source: 'aws.ec2' }, headers)).toMatchObject({ status: 400 })
    expect(await send({}, headers)).toMatchObject({ status: 400, detail: expect.stringContaining('id') })
    expect(await send('{', headers)).toMatchObject({ status: 400 })
    expect(await send('null', headers)).toMatchObject({ status: 400 })
    const deep = JSON.stringify(guardDutyEvent(1, { account })).replace('"detail":{', `"detail":{"a":${nested},`)
    expect(await send(deep, headers)).toMatchObject({ status: 400, detail: expect.stringContaining('JSON') })
    expect(await prisma().eventRefusal.count()).toBe(4)
    expect(await prisma().pushedEvent.count()).toBe(0)
  })

  test('of unknown accounts is counted by no more than 200 names, however many one event has', async () => {
    const { key } = await addEventKey(admin, { connection })
    const named = (from: number, count: number) => ({
      ...securityHubEvent('S3.1', { account }),
      detail: {
        findings: Array.from({ length: count }, (_, n) => ({ AwsAccountId: String(from + n).padStart(12, '0') })),
      },
    })
    const stored = async () => {
      const rows = await prisma().eventRefusal.findMany({ orderBy: { detail: 'asc' } })
      return { names: rows.length, events: rows.reduce((sum, { events }) => sum + Number(events), 0) }
    }
    expect(await send(named(0, 150), { 'x-hinomi-key': key })).toMatchObject({ status: 400 })
    expect(await stored()).toEqual({ names: 150, events: 150 })
    expect(await send(named(100, 5000), { 'x-hinomi-key': key })).toMatchObject({ status: 400 })
    expect(await stored()).toEqual({ names: 201, events: 5150 })
    expect(await send(named(0, 10), { 'x-hinomi-key': key })).toMatchObject({ status: 400 })
    expect(await stored()).toEqual({ names: 201, events: 5160 })
    expect(await prisma().eventRefusal.findFirst({ where: { detail: '000000000000' } })).toMatchObject({ events: 2n })
  })

  test('has a key without end date, and a second one while it is changed', async () => {
    const first = await addEventKey(admin, { connection })
    const second = await addEventKey(admin, { connection })
    await expect(addEventKey(admin, { connection })).rejects.toMatchObject({ reason: 'eventKeys' })
    for (const { key } of [first, second])
      expect(await send(guardDutyEvent(1, { account }), { 'x-hinomi-key': key })).toMatchObject({ stored: 1 })
    await removeEventKey(admin, { id: first.id })
    const old = await send(guardDutyEvent(1, { account }), { 'x-hinomi-key': first.key })
    expect(old).toMatchObject({ status: 401, code: 'unauthenticated' })
    expect(await send(guardDutyEvent(1, { account }), { 'x-hinomi-key': second.key })).toMatchObject({ stored: 1 })
    const stored = await prisma().eventKey.findMany()
    expect(JSON.stringify(stored)).not.toContain(second.key)
  })

  test('without a key is refused', async () => {
    expect(await send(guardDutyEvent(1, { account }))).toMatchObject({ status: 401 })
    expect(await send(guardDutyEvent(1, { account }), { 'x-hinomi-key': `hek_${'a'.repeat(43)}` })).toMatchObject({
      status: 401,
    })
  })

  test('with an unknown key is refused before its body is read', async () => {
    let read = 0
    const body = new ReadableStream({
      pull(controller) {
        read += 1
        controller.enqueue(Buffer.from('{'))
      },
    })
    const headers = { 'x-hinomi-key': `hek_${'b'.repeat(43)}` }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const answer = await POST(new Request('http://localhost/api/v1/events', init))
    expect(answer.status).toBe(401)
    expect(read).toBeLessThan(3)
  })

  test('has one rate for all keys of its connection', async () => {
    const first = await addEventKey(admin, { connection })
    const second = await addEventKey(admin, { connection })
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1e9)
    for (let n = 0; n < rates.events.burst; n++) limitRate('events', connection)
    for (const { key } of [first, second])
      expect(await send(guardDutyEvent(1, { account }), { 'x-hinomi-key': key })).toMatchObject({ status: 429 })
    clock.mockRestore()
  })

  test('of an unknown kind is counted, whatever characters its name has', async () => {
    const { key } = await addEventKey(admin, { connection })
    const event = { ...guardDutyEvent(1, { account }), 'detail-type': 'a\u0000b\ud800c' }
    expect(await send(event, { 'x-hinomi-key': key })).toMatchObject({ status: 400 })
    expect(await prisma().eventRefusal.findMany()).toMatchObject([{ reason: 'type', detail: 'a\ufffdb\ufffdc' }])
  })

  test('is answered in under a second, also with 20 at once', async () => {
    const { key } = await addEventKey(admin, { connection })
    const timed = async (n: number) => {
      const began = performance.now()
      await send(guardDutyEvent(n, { account }), { 'x-hinomi-key': key })
      return performance.now() - began
    }
    const times: number[] = []
    for (let n = 0; n < 200; n += 20)
      times.push(...(await Promise.all(Array.from({ length: 20 }, (_, at) => timed(n + at)))))
    expect(await prisma().pushedEvent.count()).toBe(200)
    expect(Math.max(...times)).toBeLessThan(1000)
  })
})

describe('SNS', () => {
  const notification = (event: object) => ({ Type: 'Notification', Message: JSON.stringify(event) })

  test.each(['1', '2'] as const)('is known by its signature of version %s', async version => {
    const event = guardDutyEvent(1, { account })
    expect(await send(signed(notification(event), version))).toEqual({ status: 202, stored: 1, known: 0, refused: 0 })
    expect(await prisma().pushedEvent.findFirst()).toMatchObject({ eventId: event.id, way: 'sns' })
  })

  test('speaks for the account of its topic, and for others only from the account that administers them', async () => {
    const [other, event] = [newAccount(), (of: string) => guardDutyEvent(1, { account: of })]
    await prisma().account.createMany({
      data: [account, other].map(id => ({ id, connectionId: connection })),
      skipDuplicates: true,
    })
    await prisma().account.updateMany({ where: { id: account }, data: { connectionId: connection } })
    const administrator = (accountId: string) =>
      prisma().connection.update({ where: { id: connection }, data: { kind: 'organization', accountId } })
    await administrator(newAccount())
    expect(await send(signed(notification(event(other))))).toMatchObject({ status: 400 })
    expect(await prisma().pushedEvent.count()).toBe(0)
    await administrator(account)
    expect(await send(signed(notification(event(other))))).toMatchObject({ status: 202, stored: 1, refused: 0 })
  })

  test('subscribes by itself, at an address of SNS alone', async () => {
    const confirm = (host: string) => ({
      Type: 'SubscriptionConfirmation',
      Message: 'You have chosen to subscribe',
      Token: 't',
      SubscribeURL: `${host}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`,
    })
    expect(await send(signed(confirm(HOST)))).toMatchObject({ status: 202 })
    expect(asked.filter(url => url.includes('ConfirmSubscription'))).toHaveLength(1)
    expect(await send(signed(confirm('https://example.com')))).toMatchObject({ status: 503 })
    expect(asked.filter(url => url.includes('ConfirmSubscription'))).toHaveLength(1)
  })

  test.each([
    ['a changed text', { Message: '{}' }],
    ['a certificate of somebody else', { SigningCertURL: 'https://example.com/a.pem' }],
    ['a certificate in another Region', { SigningCertURL: 'https://sns.us-east-1.amazonaws.com/a.pem' }],
    ['a topic of an account without connection', { TopicArn: TOPIC.replace(account, '999999999999') }],
    ['an old message', { Timestamp: '2020-01-01T00:00:00.000Z' }],
  ])('is refused with %s', async (_name, change) => {
    const message = signed(notification(guardDutyEvent(1, { account })))
    expect(await send({ ...message, ...change })).toMatchObject({ status: 401 })
    expect(await prisma().pushedEvent.count()).toBe(0)
  })
})

describe('lines of collected reports', () => {
  const time = new Date(Date.now() - 60_000).toISOString()
  const lines = [
    { collection: 1, collector: 'iam', startedAt: time, whole: true },
    { inventory: 1, type: 'AWS::IAM::Role', arn: 'forged', name: 'forged', data: {}, observedAt: time },
    { coverage: 1, collector: 'iam', state: 'ok', complete: true, records: 1 },
  ]
  const forged = lines.map((line, n) => ({ ...guardDutyEvent(n, { account }), region: 'global', ...line }))

  async function imported() {
    expect(await importEvents({ waitMs: 0 })).toBe(1)
    const { id } = await prisma().import.findFirstOrThrow({ where: { origin: 'events' }, orderBy: { id: 'desc' } })
    await runImport(job, id)
    expect(await prisma().asset.count({ where: { accountId: account } })).toBe(0)
    const rejects = await prisma().importReject.findMany({ where: { importId: id } })
    return { ...(await prisma().import.findUniqueOrThrow({ where: { id } })), codes: rejects.map(({ code }) => code) }
  }

  test('are not written by the further fields of events', async () => {
    const { key } = await addEventKey(admin, { connection })
    for (const event of forged) expect(await send(event, { 'x-hinomi-key': key })).toMatchObject({ status: 202 })
    expect(await imported()).toMatchObject({ accepted: 3, codes: [] })
  })

  test('are refused where events contain them', async () => {
    const at = new Date(time)
    const events = forged.map(event => {
      return { id: event.id, account, feed: 'guardduty' as const, at, body: JSON.stringify(event) }
    })
    await storeEvents(job, { connectionId: connection, way: 'http', events, refused: [] })
    expect(await imported()).toMatchObject({ accepted: 0, codes: lines.map(() => 'collected_not_allowed') })
  })
})

test('large events become several imports', async () => {
  const at = new Date()
  const body = JSON.stringify({ text: 'a'.repeat(9 * 1024 * 1024) })
  const events = ['1', '2', '3'].map(id => ({ id, account, feed: 'guardduty' as const, at, body }))
  await storeEvents(job, { connectionId: connection, way: 'queue', events, refused: [] })
  expect(await importEvents({ waitMs: 0 })).toBe(1)
  expect(await prisma().pushedEvent.count({ where: { importId: null } })).toBe(1)
  expect(await importEvents({ waitMs: 0 })).toBe(1)
  expect(await prisma().pushedEvent.count({ where: { importId: null } })).toBe(0)
})

describe('a message of SNS with an invented certificate', () => {
  const forged = (name: string, topic = TOPIC) => {
    const message = signed({ Type: 'Notification', Message: '{}', TopicArn: topic })
    return send({ ...message, SigningCertURL: `${HOST}/SimpleNotificationService-${name}.pem` })
  }

  test('is answered alike whether its topic is of a connected account or not', async () => {
    const answer = await forged('missing1')
    expect(answer.status).toBe(401)
    expect(answer).toEqual(await forged('missing1', TOPIC.replace(account, '999999999999')))
  })

  test('asks SNS once for a while', async () => {
    for (let n = 0; n < 3; n++) expect(await forged('missing2')).toMatchObject({ status: 401 })
    for (let n = 0; n < 3; n++) expect(await forged('away1')).toMatchObject({ status: 503 })
    expect(asked).toHaveLength(2)
  })

  // Last, since the tests are of one network.
  test('asks SNS for few at once, and not at all after too many', async () => {
    const many = rates.refused.burst
    most = 0
    await Promise.all(Array.from({ length: many }, (_, n) => forged(`away1x${n}`)))
    expect(most).toBe(8)
    asked.length = 0
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    for (let n = 0; n < many; n++) await forged(`missing3x${n}`)
    asked.length = 0
    expect(await forged('missing4')).toMatchObject({ status: 429 })
    expect(asked).toEqual([])
    const event = guardDutyEvent(1, { account })
    expect(await send(signed({ Type: 'Notification', Message: JSON.stringify(event) }))).toMatchObject({ status: 202 })
    clock.mockRestore()
  })
})
