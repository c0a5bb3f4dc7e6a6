import { describe, expect, test } from 'vitest'
import { read } from './support'

const HEADER = 'ACCOUNT_UID;CHECK_ID;STATUS;SEVERITY'
const ROW = '012345678901;s3_bucket_level_public_access_block;FAIL;high'
const value = {
  ACCOUNT_UID: '012345678901',
  CHECK_ID: 's3_bucket_level_public_access_block',
  STATUS: 'FAIL',
  SEVERITY: 'high',
}

describe('a trailing delimiter', () => {
  test.each([
    ['in the rows', `${HEADER}\n${ROW};\n${ROW};\n`],
    ['in the header', `${HEADER};\n${ROW}\n${ROW}\n`],
    ['of several empty columns, as spreadsheets write them', `${HEADER};;;\r\n${ROW};;;\r\n${ROW};;;\r\n`],
    ['of columns with spaces', `${HEADER};\n${ROW}; ; \n${ROW};;\n`],
  ])('%s changes nothing', async (_where, text) => {
    expect(await read(text)).toMatchObject({ values: [value, value], codes: [], failure: null })
  })

  test('followed by text is an extra cell', async () => {
    expect((await read(`${HEADER}\n${ROW};\n${ROW};more\n`)).codes).toEqual(['uneven_row'])
  })

  test('does not make up for a cell that is missing', async () => {
    expect((await read(`${HEADER}\n012345678901;check;FAIL\n`)).codes).toEqual(['uneven_row'])
  })
})

describe('files joined into one', () => {
  test.each([[[]], [[1]], [[13, 5]]])('are read like separate files (chunks of %j)', async sizes => {
    const file = `${HEADER}\n${ROW}\n`
    const joined = await read(`${file}\ufeff${file}${file.replaceAll('\n', '\r\n')}`, sizes)
    expect(joined).toMatchObject({ values: [value, value, value], codes: [], failure: null })
  })

  test('may have columns in another order, or be of another kind', async () => {
    const other = 'user,arn,user_creation_time\nhanako,arn:aws:iam::012345678901:user/hanako,2024-01-01T00:00:00Z\n'
    const turned = 'SEVERITY,STATUS,CHECK_ID,ACCOUNT_UID\nhigh,FAIL,s3_bucket_level_public_access_block,012345678901\n'
    const { values, codes } = await read(`${HEADER}\n${ROW}\n${turned}${other}`)
    expect(codes).toEqual([])
    expect(values).toEqual([
      value,
      value,
      { user: 'hanako', arn: 'arn:aws:iam::012345678901:user/hanako', user_creation_time: '2024-01-01T00:00:00Z' },
    ])
  })
})

test.each(['a,b\n1,"ha\n""ha"""\n3,4\n', 'name;state\nx;y\n', 'name\tstate\nx\ty\n'])(
  'CSV of two columns is known to be CSV: %j',
  async text => {
    expect((await read(text)).failure).toMatchObject({ code: 'unknown_csv' })
  },
)

test.each(['Access denied, try again\nlater\n', 'hello, world', 'one,two', '# a comment, of a script\nexit\n'])(
  'a sentence is no CSV: %j',
  async text => {
    expect((await read(text)).failure).toMatchObject({ code: 'not_json' })
  },
)
