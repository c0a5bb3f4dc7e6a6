import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from './mutation'
import { fixture, read } from './support'

const finding = (id: number) => ({ SchemaVersion: '2018-10-08', Id: `f${id}`, Text: 'a "quoted" \\ [text] {with} 火' })
const text = (...ids: number[]) => ids.map(id => JSON.stringify(finding(id)))
const list = `[${text(1, 2, 3)}]`
const three = [finding(1), finding(2), finding(3)]

describe('containers', () => {
  const documents: [string, string][] = [
    ['a bare list', list],
    ['a page with Findings', `{"NextToken":"[x","Findings":${list},"Meta":{"Findings":5}}`],
    ['a page with findings', `{"findings" : ${list}}`],
    [
      'an EventBridge event',
      `{"detail-type":"Security Hub Findings - Imported","detail":{"x":{"findings":[9]},"findings":${list}}}`,
    ],
    ['a list of EventBridge events', `[{"detail":{"findings":[${text(1)}]}},{"detail":{"findings":[${text(2, 3)}]}}]`],
    ['a list of pages', `[{"Findings":[${text(1)}]},{"Findings":[]},{"findings":[${text(2, 3)}]}]`],
    ['lines', text(1, 2, 3).join('\n')],
    ['lines that end as on Windows', `${text(1, 2, 3).join('\r\n')}\r\n`],
    ['values without anything between', text(1, 2, 3).join('')],
    ['indented values behind each other', three.map(value => JSON.stringify(value, null, 2)).join('\n')],
    [
      'lines of EventBridge events',
      text(1, 2, 3)
        .map(one => `{"detail":{"findings":[${one}]}}`)
        .join('\n'),
    ],
    ['a text in body', JSON.stringify({ headers: {}, body: `{"Findings":${list}}` })],
    ['lines in body', JSON.stringify({ body: text(1, 2, 3).join('\n') })],
    ['a body in base64', JSON.stringify({ body: Buffer.from(list).toString('base64'), isBase64Encoded: true })],
    ['a byte order mark before it', `\ufeff${list}`],
    ['white space around it', ` \r\n\t${list}\n\n`],
  ]
  test.each(documents)('the findings in %s are read', async (_name, document) => {
    expect(await read(document)).toMatchObject({ values: three, codes: [], failure: null })
  })

  test('a bare record is read as a whole, whatever its nested keys are', async () => {
    const record = {
      ...finding(1),
      Resources: [{ Details: { findings: [1], Findings: [2], detail: { findings: [3] } } }],
    }
    expect((await read(JSON.stringify(record))).values).toEqual([record])
  })

  test.each(['[]', '{"Findings":[]}', '{"detail":{"findings":[]}}'])(
    '%s is a valid document of no records',
    async document => {
      expect(await read(document)).toMatchObject({ records: [], failure: null })
    },
  )

  test.each(['{"Findings":{"a":[1]}}', '{"findings":null}', '{"detail":{"findings":"[]"}}'])(
    '%s is refused, for its findings are no list',
    async document => expect((await read(document)).failure?.code).toBe('bad_field'),
  )

  test('two lists in one page are both read, and the page is reported', async () => {
    const { values, codes } = await read(`{"Findings":[${text(1)}],"Findings":[${text(2)}]}`)
    expect(values).toEqual([finding(1), finding(2)])
    expect(codes).toEqual(['duplicate_key'])
  })
})

describe('positions', () => {
  test.each([list, `{"Findings":${list}}`, text(1, 2, 3).join('\n'), `[{"detail":{"findings":${list}}}]`])(
    'every record can be cut out of %s again',
    async document => {
      const bytes = Buffer.from(document)
      const { records } = await read(bytes)
      const cut = records.map(({ offset, length }) => JSON.parse(bytes.toString('utf8', offset, offset + length)))
      expect(cut).toEqual(three)
      expect(records.map(record => record.index)).toEqual([0, 1, 2])
    },
  )
})

describe('chunks', () => {
  const documents = [
    list,
    JSON.stringify({ a: 'x\\', Findings: three, b: '\\"' }, null, 1),
    fixture('hostile/mixed-array.raw').toString(),
    fixture('hostile/broken-line.raw').toString(),
    fixture('hostile/truncated.raw').toString(),
    fixture('asff/http-body.json').toString(),
    fixture('asff/eventbridge.json').toString(),
    '{"a":"b\n{"c":1}\n{"d":2}',
    'text\n{"a":1}',
    '[1, 2,, "a\\"]", {"a":1}{"b":2} ]] x\n{}',
    '{"a":[1}\n{"b":1}\n',
    '{ "detail" : { "findings" : [ ] , "x" : {} } , "Findings" : [ {} ] }',
  ]
  /** Documents with bytes whose meaning depends on the bytes before them. */
  const others = [
    ...documents,
    `\ufeff[{"火の見":"櫓🏯"},{"a":"\\ud83c\\udfef"}]`,
    Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xe7, 0x81]), Buffer.from('"},{"b":1}]')]),
    '[{"a":1,"a":2},{"b":1}]',
    JSON.stringify({ EvaluationResults: three, NextToken: 'x' }),
    JSON.stringify({ body: Buffer.from(list).toString('base64'), isBase64Encoded: true }),
    fixture('seeds/trusted-advisor-recommendations.json').toString(),
    JSON.stringify({ checks: [], summaries: JSON.parse(fixture('seeds/trusted-advisor.json').toString()) }),
    'user,arn,user_creation_time\r\nhanako,"a ""b"", c",\r\n"on two\r\nlines",火の見,x\r\ntoo,few\r\n',
    '\ufeffCHECK_ID;STATUS;SEVERITY\n"s3";FAIL;"hi;gh"\n\ns4;PASS;low',
    'CHECK_ID\tSTATUS\tSEVERITY\n"never closed\t',
  ]
  test('the records are the same however the bytes are cut', async () => {
    const whole = await Promise.all(others.map(document => read(document)))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(others.length - 1),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        async (at, sizes) => {
          expect(await read(others[at] ?? '', sizes)).toEqual(whole[at])
        },
      ),
      { numRuns: runs(200) },
    )
  })

  test('known records keep their place and bytes without being parsed', async () => {
    const lines = text(1, 2, 3, 4).join('\n')
    const more = [lines, `${lines} \t\r\n`.replaceAll('\n', ' \r\n'), `${lines}\n{"a":\n1}\n{"b":1}{"c":2}\n\n{}\n`]
    const stamp = { hash: 1n, updatedAt: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...documents, ...more),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
        async (document, sizes) => {
          const bytes = Buffer.from(document)
          const first = await read(document, [], () => ({ stamp, known: null }))
          const stamped = first.records.flatMap(record =>
            'value' in record && record.stamp
              ? [bytes.toString('base64', record.offset, record.offset + record.length)]
              : [],
          )
          const again = await read(document, sizes, asked => {
            const at = stamped.indexOf(asked.toString('base64'))
            return { stamp, known: at < 0 ? null : at }
          })
          const known = again.records.flatMap(record => ('known' in record ? [record] : []))
          const bytesOf = ({ offset, length }: { offset: number; length: number }) =>
            bytes.toString('base64', offset, offset + length)
          expect(known.map(bytesOf)).toEqual(stamped)
          const places = ({ records }: typeof first) =>
            records.map(({ index, offset, length }) => ({ index, offset, length }))
          expect(places(again)).toEqual(places(first))
          expect(again.failure).toEqual(first.failure)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a known line is not parsed, and an unknown one is looked up once', async () => {
    const asked: string[] = []
    const stamp = { hash: 1n, updatedAt: 0 }
    const { records } = await read(`${text(1)}\n{"torn\n${text(2)}\n`, [], bytes => {
      asked.push(bytes.toString())
      return { stamp, known: bytes.toString() === '{"torn' ? 7 : null }
    })
    expect(asked).toEqual([...text(1), '{"torn', ...text(2)])
    expect(records.map(record => ('known' in record ? record.known : 'read'))).toEqual(['read', 7, 'read'])
  })

  test('any JSON value in a list is returned unchanged', async () => {
    const plain = fc
      .jsonValue({ maxDepth: 4 })
      .filter(value => !/"(findings|Findings|body|detail)"/.test(JSON.stringify(value)))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), plain)),
        fc.integer({ min: 1, max: 30 }),
        async (values, size) => {
          const document = JSON.stringify(values)
          const { values: found, failure } = await read(document, [size])
          expect(failure).toBeNull()
          expect(found).toEqual(JSON.parse(document))
        },
      ),
      { numRuns: 150 },
    )
  })

  test('arbitrary text neither causes a crash nor disappears', async () => {
    const bits = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\n',
      ' ',
      '1',
      'null',
      '"a"',
      '{"a":1}',
      '"Findings":[',
      'é',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bits, { minLength: 1, maxLength: 30 }), async parts => {
        const document = parts.join('')
        const { records, failure } = await read(document, [3])
        const isEmpty = /^\s*$/.test(document)
        if (failure) expect(failure.code).toBe(isEmpty ? 'empty' : failure.code)
        else if (records.length === 0) expect(() => JSON.parse(document.replace(/\]\s*\[/g, ','))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })
})
