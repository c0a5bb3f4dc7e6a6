import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { fixture, now, outcomeOf, read } from './support'

const good = '{"a":1}'

describe('whole documents', () => {
  const refused: [string, string | Uint8Array, string][] = [
    ['no bytes', '', 'empty'],
    ['white space', ' \n\t ', 'empty'],
    ['a byte order mark alone', '\ufeff', 'empty'],
    ['prose', 'Dear all,\nplease find attached\n', 'not_json'],
    ['CSV', 'id;status\n1;FAIL\n', 'unknown_csv'],
    ['CSV with tabs and one line', 'id\tstatus', 'unknown_csv'],
    ['HTML', '<!doctype html>\n<p>{"a":1}</p>\n', 'not_json'],
    ['a command with JSON in it', 'aws securityhub batch-import-findings --findings\n    [{"a":1}]', 'not_json'],
    ['Parquet', Buffer.from('PAR1\x15\x00\x15\xc8\x01', 'latin1'), 'not_json'],
    ['a gzip that nobody opened', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'not_json'],
    ['a log with brackets', '[2025-01-01 12:00:00] started\n[2025-01-01 12:00:01] done\n', 'not_json'],
    ['UTF-16 with a mark', fixture('hostile/utf16.raw'), 'wrong_encoding'],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), 'wrong_encoding'],
    ['UTF-16, big end first', Buffer.from('{"a":1}', 'utf16le').swap16(), 'wrong_encoding'],
    ['UTF-32', Buffer.from([0x7b, 0, 0, 0, 0x7d, 0, 0, 0]), 'wrong_encoding'],
    ['one broken object', '{"a" 1}', 'not_json'],
    ['brackets that do not fit', '{"a":[1}]}', 'not_json'],
  ]
  test.each(refused)('%s is refused', async (_name, document, code) => {
    expect((await read(document)).failure?.code).toBe(code)
  })

  test('the complete records of a truncated page are read, then the truncation is reported', async () => {
    const bytes = fixture('hostile/truncated.raw')
    const { values, failure } = await read(bytes)
    expect(values).toHaveLength(1)
    expect(failure).toEqual({ code: 'truncated', params: { position: bytes.length }, recordsBefore: 1 })
  })

  test.each(['[', '[{"a":1},', `{"Findings":[${good}]`, '{"a":"b', `${good}\n{"a"`])(
    '%s is truncated',
    async document => {
      expect((await read(document)).failure?.code).toBe('truncated')
    },
  )

  test.each(['[', '{"a":'])(
    'ten million times %s neither crashes nor recurses',
    async bracket => {
      expect((await read(Buffer.alloc(10_000_000, bracket))).failure?.code).toBe('truncated')
    },
    30_000,
  )

  test('trailing garbage after a complete document is reported', async () => {
    expect(await read(`[${good}] trailing`)).toMatchObject({ values: [{ a: 1 }], codes: ['not_json'], failure: null })
    expect((await read(`[${good}]]`)).codes).toEqual(['not_json'])
    expect((await read(`${good},`)).codes).toEqual(['not_json'])
  })

  test('a single number, text or null is no object', async () => {
    for (const document of ['1', '"{}"', 'null', 'true'])
      expect((await read(document)).codes).toEqual(['not_an_object'])
  })
})

describe('single records', () => {
  test('elements that are no objects or no JSON are refused one by one', async () => {
    const { values, codes } = await read(fixture('hostile/mixed-array.raw'))
    expect(values).toHaveLength(2)
    expect(codes).toEqual([
      'not_an_object',
      'not_an_object',
      'not_an_object',
      'not_an_object',
      'not_an_object',
      'not_json',
    ])
  })

  test('broken lines are refused one by one', async () => {
    const { values, codes, failure } = await read(fixture('hostile/broken-line.raw'))
    expect(values).toHaveLength(3)
    expect(codes).toEqual(['not_json', 'not_json', 'not_json'])
    expect(failure).toBeNull()
  })

  const firstLines = ['{"a":1', '{"a":"b', '{"a":[1}', '{"a" 1}', 'garbage']
  test.each(firstLines)('the first line may be the broken one: %s', async line => {
    expect(await read(`${line}\n${good}\n${good}\n`)).toMatchObject({
      values: [{ a: 1 }, { a: 1 }],
      codes: ['not_json'],
    })
  })

  test('a refused record still has its account if it can be read', async () => {
    const { records } = await read(`[{"AwsAccountId": "012345678901", "x" 1},${good}]`)
    expect(records[0]).toMatchObject({
      reject: { code: 'not_json', params: { position: 1 } },
      accountId: '012345678901',
    })
  })

  test('a missing or doubled comma is reported', async () => {
    expect((await read(`[${good},]`)).codes).toEqual(['not_json'])
    expect((await read(`[${good},,${good}]`)).codes).toEqual(['not_json'])
    expect((await read(`[${good} ${good}]`)).codes).toEqual(['not_json'])
  })

  test('unbalanced brackets make the rest of the list one reject', async () => {
    const { values, codes } = await read(`[${good},{"a":[1},${good},${good}]`)
    expect(values).toHaveLength(1)
    expect(codes).toEqual(['not_json'])
  })

  test('a record in another encoding does not hide the next', async () => {
    const bytes = Buffer.concat([Buffer.from('[{"a":"caf'), Buffer.from([0xe9]), Buffer.from(`"},${good}]`)])
    expect(await read(bytes)).toMatchObject({ values: [{ a: 1 }], codes: ['wrong_encoding'] })
  })

  test('100 levels are read, 101 are refused unread', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect(await read(`[${nested(100)}]`)).toMatchObject({ codes: [] })
    expect(await read(`[${nested(101)},${good}]`)).toMatchObject({ codes: ['too_deep'], values: [{ a: 1 }] })
    expect((await read(`[${'['.repeat(100_000)}${']'.repeat(100_000)},${good}]`)).codes).toEqual(['too_deep'])
  })

  test('a record over 8 MiB is refused without hiding the next, in a list and as a line', async () => {
    const big = `{"a":"${'x'.repeat(8 * 1024 * 1024)}"}`
    expect(await read(`[${big},${good}]`)).toMatchObject({ codes: ['too_large'], values: [{ a: 1 }] })
    expect(await read(`${big}\n${good}`)).toMatchObject({ codes: ['too_large'], values: [{ a: 1 }] })
    const { records } = await read(`[${big},${good}]`)
    expect(records[0]).toMatchObject({ offset: 1, length: big.length })
  })

  test('a list after a wrapper of any length is read', async () => {
    const page = `{"Meta":"${'x'.repeat(9 * 1024 * 1024)}","Findings":[${good}]}`
    expect((await read(page)).values).toEqual([{ a: 1 }])
  })

  test('a duplicate key is refused with its name', async () => {
    const { records } = await read(fixture('hostile/twice-the-same-key.raw'))
    expect(records[0]).toMatchObject({
      reject: { code: 'duplicate_key', params: { key: 'Label' } },
      accountId: '123456789012',
    })
    expect((await read('[{"a":1,"\\u0061":2}]')).codes).toEqual(['duplicate_key'])
    const escapes = '\\\\n'.repeat(2_000_000)
    expect((await read(`[{"a":1,"long":"${escapes}","a":2}]`)).codes).toEqual(['duplicate_key'])
    expect((await read('[{"a":[{"b":":"},{"b":2}],"c":{"a":1}}]')).codes).toEqual([])
  })

  test('keys of the prototype are data', async () => {
    const { values } = await read(fixture('hostile/prototype-keys.raw'))
    expect(outcomesOf(values[0], { now })).toHaveLength(1)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('NUL and lone surrogates become characters that a database can store', async () => {
    const { values } = await read(fixture('hostile/nul-and-lone-surrogates.raw'))
    expect(outcomeOf(values[0])).toMatchObject({ title: 'a\ufffdb\ufffdc', description: '\ufffd' })
  })

  test('a record with a broken body is one reject, and the others are read', async () => {
    const { values, codes } = await read(JSON.stringify({ body: `{"Findings":[${good},` }))
    expect(values).toEqual([{ a: 1 }])
    expect(codes).toEqual(['truncated'])
  })

  test('bodies within bodies are not followed without end', async () => {
    let document = good
    for (let i = 0; i < 12; i++) document = JSON.stringify({ body: document })
    const { records, failure } = await read(document)
    expect(records).toHaveLength(1)
    expect(failure).toBeNull()
  })
})
