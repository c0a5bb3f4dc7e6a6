import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { dropAbandoned, storePiece } from '../../lib/store/imports/receive'
import { asff, at, bytesOf, findingOf, importOf, ingest, job, newAccount, receive, rejectsOf } from './support-ingest'

// Read once, before the first import.
process.env.HINOMI_MAX_IMPORT_MB = '64'
const MB = 1024 * 1024

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const options = {
  source: null,
  coverage: 'partial',
  origin: 'api',
  fileName: null,
  observedAt: null,
  force: false,
} as const

/** What receiving keeps: imports and pieces of payload. */
async function kept(): Promise<[imports: number, pieces: number]> {
  return [await prisma().import.count(), await prisma().importChunk.count()]
}

async function expectNothingKept(work: () => Promise<unknown>, error: object): Promise<void> {
  const before = await kept()
  await expect(work()).rejects.toMatchObject(error)
  expect(await kept()).toEqual(before)
}

describe('the same bytes again', () => {
  test('return the first import and store nothing', async () => {
    const report = [asff({ account })]
    const first = await receive(report, { force: false })
    const before = await kept()
    expect(await receive(report, { force: false })).toEqual({ id: first.id, duplicate: true })
    await runImport(job, first.id)
    expect(await receive(report, { force: false })).toEqual({ id: first.id, duplicate: true })
    expect(await kept()).toEqual(before)
  })

  test('run again if requested', async () => {
    const first = await receive([asff({ account })], { force: false })
    const second = await receive([asff({ account })], { force: true })
    expect(second.duplicate).toBe(false)
    expect(second.id).not.toBe(first.id)
  })

  test.each([
    ['coverage', { coverage: 'complete' }],
    ['source', { source: 'prowler' }],
  ] as const)('with another %s are another import', async (_what, change) => {
    await receive([asff({ account })], { force: false })
    expect(await receive([asff({ account })], { force: false, ...change })).toMatchObject({ duplicate: false })
  })

  test('of a failed import are another import', async () => {
    const text = JSON.stringify([asff({ account })]).slice(0, -3)
    const first = await ingest(text, { force: false })
    expect(first.state).toBe('failed')
    expect(await receive(text, { force: false })).toMatchObject({ duplicate: false })
  })

  test('in parallel create one import', async () => {
    const report = [asff({ account })]
    const before = await kept()
    const answers = await Promise.all(Array.from({ length: 5 }, () => receive(report, { force: false })))
    expect(new Set(answers.map(answer => answer.id)).size).toBe(1)
    expect(answers.filter(answer => !answer.duplicate)).toHaveLength(1)
    expect(await kept()).toEqual([before[0] + 1, before[1] + 1])
  })
})

describe('an upload', () => {
  test('that is aborted leaves no data', async () => {
    async function* body() {
      for (let n = 0; n < 5; n++) yield Buffer.alloc(MB, 'x')
      throw new Error('the sender went away')
    }
    await expectNothingKept(() => receiveImport(job, body(), options), { message: 'the sender went away' })
  })

  test('that is aborted within gzip leaves no data', async () => {
    const packed = gzipSync(
      Buffer.from(JSON.stringify(Array.from({ length: 5000 }, (_, n) => asff({ account, id: `${n}` })))),
    )
    async function* body() {
      yield packed.subarray(0, packed.length / 2)
      throw new Error('the sender went away')
    }
    await expectNothingKept(() => receiveImport(job, body(), options), { message: 'the sender went away' })
  })

  test('whose server was killed is forgotten after a while', async () => {
    const { rows } = await pool().query(
      `INSERT INTO import (state, origin, sha256, size_bytes, observed_at, alive_at,
      actor_kind, actor_id, actor_name) VALUES ('receiving', 'api', '', 0, now(), now(), 'job', 'x', 'x') RETURNING id`,
    )
    await pool().query(`INSERT INTO import_chunk VALUES ($1, 0, 1, $2)`, [rows[0].id, deflateSync('x')])
    expect(await dropAbandoned(job)).toBe(0)
    await pool().query(`UPDATE import SET alive_at = now() - interval '4 minutes' WHERE id = $1`, [rows[0].id])
    expect(await dropAbandoned(job)).toBe(1)
    // The server may still be at it, where it had lost the database for so long: it stores nothing of what nobody would forget.
    await expect(storePiece(job, rows[0].id, 0, Buffer.from('x'))).rejects.toMatchObject({ reason: 'database_away' })
    expect(await prisma().importChunk.count({ where: { importId: rows[0].id } })).toBe(0)
  })

  test('is stored byte by byte, however it is cut', async () => {
    const bytes = Buffer.from(JSON.stringify([asff({ account, title: '火の見' })]))
    const pieces = Array.from(bytes, (_, n) => bytes.subarray(n, n + 1))
    const { id } = await receiveImport(job, bytesOf(...pieces), options)
    await runImport(job, id)
    expect(await findingOf(asff({ account }))).toMatchObject({ title: '火の見' })
    expect(await importOf(id)).toMatchObject({ sizeBytes: BigInt(bytes.length), bytesRead: BigInt(bytes.length) })
  })

  test('over the limit is refused and not stored', async () => {
    async function* body() {
      for (let n = 0; n < 70; n++) yield Buffer.alloc(MB, ' ')
    }
    await expectNothingKept(() => receiveImport(job, body(), options), { code: 'too_large' })
  })

  test('without bytes ends as failed', async () => {
    expect(await ingest('')).toMatchObject({ state: 'failed', error: { code: 'empty' }, read: 0 })
  })
})

describe('gzip', () => {
  test('is undone', async () => {
    const run = await ingest(gzipSync(JSON.stringify([asff({ account })])))
    expect(run).toMatchObject({ state: 'done', created: 1 })
  })

  test('in several members is one document', async () => {
    const text = JSON.stringify([asff({ account }), asff({ account, control: 'S3.3' })])
    const run = await ingest(Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))]))
    expect(run).toMatchObject({ state: 'done', created: 2 })
  })

  test('that unpacks to more than the limit is refused and not stored', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * MB, ' '))
    expect(bomb.length).toBeLessThan(MB)
    await expectNothingKept(() => receive(bomb), { code: 'too_large' })
  })

  test.each([
    ['cut', (packed: Buffer) => packed.subarray(0, packed.length - 20)],
    ['changed', (packed: Buffer) => Buffer.concat([packed.subarray(0, 60), Buffer.alloc(20, 7), packed.subarray(80)])],
    ['of which only the mark is there', (packed: Buffer) => packed.subarray(0, 2)],
  ])('that is %s is refused and not stored', async (_what, damage) => {
    const packed = gzipSync(JSON.stringify(Array.from({ length: 50 }, (_, n) => asff({ account, id: `${n}` }))))
    await expectNothingKept(() => receive(damage(packed)), { code: 'invalid', reason: 'bad_gzip' })
  })
})

test('a collected report that says to be of another century is refused and not stored', async () => {
  const header = { collection: 1, account, collector: 's3', whole: true }
  for (const startedAt of ['0001-01-01T00:00:00.000Z', '1999-12-31T23:59:59.000Z', '2100-01-01T00:00:00.000Z'])
    await expectNothingKept(() => receive(Buffer.from(`${JSON.stringify({ ...header, startedAt })}\n`)), {
      code: 'invalid',
      reason: 'observedAtRange',
    })
  const old = Buffer.from(`\ufeff${JSON.stringify({ ...header, startedAt: '0001-01-01T00:00:00.000Z' })}\n`, 'utf16le')
  const { id } = await receive(old)
  await runImport(job, id)
  expect(await rejectsOf(id)).toEqual({ 0: 'bad_field' })
})

describe('hostile records', () => {
  const good = () => [asff({ account }), asff({ account, control: 'S3.3' })].map(record => JSON.stringify(record))

  async function between(hostile: string) {
    const [first, last] = good()
    const run = await ingest(`[${first},${hostile},${last}]`)
    expect(run).toMatchObject({ state: 'done', read: 3 })
    return run
  }

  test('a text of 50 MB is refused while the others get in', async () => {
    const long = JSON.stringify(asff({ account, description: 'x'.repeat(50 * MB) }))
    const run = await between(long)
    expect(run).toMatchObject({ accepted: 2, rejected: 1, created: 2 })
    expect(await rejectsOf(run.id)).toEqual({ 1: 'too_large' })
  })

  test('10,000 levels of nesting are refused while the others get in', async () => {
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    const run = await between(deep)
    expect(await rejectsOf(run.id)).toEqual({ 1: 'too_deep' })
    expect(run.created).toBe(2)
  })

  test('NUL and unpaired surrogates become readable text, in any place', async () => {
    const odd = 'a\\u0000b\\ud800c'
    const record = JSON.stringify(asff({ account, control: 'ODD' })).replaceAll('ODD', odd)
    const run = await between(record.replace('"us-east-1"', `"${odd}"`).replace('AwsS3Bucket', odd))
    expect(run).toMatchObject({ accepted: 3, created: 3 })
    const finding = await prisma().finding.findFirst({ where: { accountId: account, control: { startsWith: 'a' } } })
    expect(finding).toMatchObject({ control: 'a\ufffdb\ufffdc', title: 'a\ufffdb\ufffdc should hold' })
  })

  test('the same in refused records, product names and file names', async () => {
    const odd = 'a\u0000b\ud800c'
    const text = JSON.stringify([
      asff({ account, severity: odd }),
      asff({ account, product: odd }),
      { 'detail-type': odd },
      asff({ account: odd }),
    ])
    const run = await ingest(text, { fileName: odd })
    expect(run).toMatchObject({ state: 'done', accepted: 1, rejected: 3, fileName: 'abc' })
    expect(await rejectsOf(run.id)).toEqual({ 0: 'bad_severity', 2: 'not_a_finding', 3: 'bad_account' })
  })

  test('keys named __proto__ and constructor have no effect', async () => {
    const record = JSON.stringify(asff({ account, control: 'S3.4' })).replace(
      '{',
      '{"__proto__":{"AwsAccountId":"1","polluted":true},"constructor":{"prototype":{"polluted":true}},',
    )
    const run = await between(record)
    expect(run).toMatchObject({ accepted: 3, created: 3 })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(await findingOf(asff({ account, control: 'S3.4' }))).toMatchObject({ accountId: account })
  })

  test('text with special characters of COPY and SQL is stored unchanged', async () => {
    const title = `\\N \\. \t tab \n line \r 'quote' "double" {brace,} $1 ; DROP TABLE finding; -- \\x00`
    const type = 'a\\tb\\N'
    await ingest([asff({ account, title, description: '\\.', type })])
    expect(await findingOf(asff({ account }))).toMatchObject({ title, resourceType: type })
    const [sighting] = await prisma().sighting.findMany({ where: { accountId: account } })
    expect(sighting).toMatchObject({ title, description: '\\.' })
    const changed = `${title} changed`
    await ingest([asff({ account, title: changed, type, updatedAt: at(2) })])
    expect(await findingOf(asff({ account }))).toMatchObject({ title: changed })
  })

  test('every record in place of one is refused with a reason, in the order of the document', async () => {
    const run = await ingest(`[1,"x",null,[],{},{"SchemaVersion":"2018-10-08"},${good()[0]}]`)
    expect(run).toMatchObject({ state: 'done', read: 7, accepted: 1, rejected: 6, created: 1 })
    expect(Object.keys(await rejectsOf(run.id))).toEqual(['0', '1', '2', '3', '4', '5'])
  })
})
