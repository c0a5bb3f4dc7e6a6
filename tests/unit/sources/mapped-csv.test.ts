import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { CsvMapping } from '../../../lib/domain/imports/csv-mapping'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { readDocument } from '../../../lib/sources/reader/document'
import { outcomesOf } from '../../../lib/sources/registry'
import { now } from './support'

const account = '012345678901'
const mappingOf = (change: Partial<z.input<typeof CsvMapping>> = {}) =>
  CsvMapping.parse({
    product: 'House Scanner',
    class: 'posture',
    columns: { account: 'Acct', resource: 'Target', control: 'Rule', severity: 'Sev', status: 'State', title: 'What' },
    severities: { P1: 'critical' },
    statuses: { NG: 'failed', OK: 'passed' },
    ...change,
  })
const row = { Acct: account, Target: 'arn:aws:s3:::logs', Rule: 'no-public', Sev: 'P1', State: 'NG', What: '=cmd|calc' }

function read(cells: Record<string, string>, mapping = mappingOf(), named?: string) {
  const [outcome, ...more] = outcomesOf(cells, { now, mapping, ...(named && { account: named }) })
  if (!outcome || more.length > 0) throw new Error('one row is one outcome')
  return outcome
}
function reason(cells: Record<string, string>, mapping = mappingOf()) {
  try {
    outcomesOf(cells, { now, mapping })
  } catch (problem) {
    if (problem instanceof RejectedRecord) return { code: problem.code, ...problem.params }
    throw problem
  }
  throw new Error('it was read')
}

test('a row is read by its mapping; a formula is text', () => {
  expect(read(row)).toMatchObject({
    source: 'csv',
    product: 'House Scanner',
    accountId: account,
    control: 'no-public',
    result: 'failed',
    severity: 'critical',
    title: '=cmd|calc',
    resource: { id: 'arn:aws:s3:::logs' },
    region: 'global',
  })
  expect(read({ ...row, State: 'ok', Sev: 'Moderate' })).toMatchObject({ result: 'passed', severity: 'medium' })
})

test.each([
  [{ Sev: 'P9' }, { code: 'bad_field', field: 'Sev', value: 'P9' }],
  [{ State: '' }, { code: 'bad_field', field: 'State', value: '' }],
  [{ Target: '' }, { code: 'missing_field', field: 'Target' }],
  [{ Acct: '12' }, { code: 'bad_account', value: '12' }],
  [{ Acct: '' }, { code: 'no_account' }],
])('%j is refused with the reason', (change, expected) => {
  expect(reason({ ...row, ...change })).toEqual(expected)
})

test('a column that the file does not have is named', () => {
  const { Sev: _gone, ...rest } = row
  expect(reason(rest)).toEqual({ code: 'missing_field', field: 'Sev' })
})

test('a row without an account belongs to the account that the importer names', () => {
  expect(read({ ...row, Acct: '' }, mappingOf(), account).accountId).toBe(account)
})

test('without columns of severity and status every row is a problem of the default severity', () => {
  const mapping = mappingOf({ columns: { account: 'Acct', resource: 'Target', control: 'Rule' }, severity: 'low' })
  expect(read(row, mapping)).toMatchObject({ result: 'failed', severity: 'low', title: 'no-public' })
})

describe('the record’s own id', () => {
  test('is the mapped column, or else derived from account, check and resource', () => {
    const named = mappingOf({ columns: { account: 'Acct', resource: 'Target', control: 'Rule', id: 'What' } })
    expect(read(row, named).nativeId).toBe('=cmd|calc')
    expect(read({ ...row, What: 'other words' }).nativeId).toBe(read(row).nativeId)
    expect(read({ ...row, Target: 'x' }).nativeId).not.toBe(read(row).nativeId)
  })
})

test('any header is read with a mapping, and none without', async () => {
  const text = 'Acct,Target,Rule\n012345678901,x,"a, ""quoted"" rule"\n'
  async function* bytes() {
    yield Buffer.from(text)
  }
  const records = []
  for await (const batch of readDocument(bytes(), { csv: true })) records.push(...batch)
  expect(records.map(record => ('value' in record ? record.value : null))).toEqual([
    { Acct: '012345678901', Target: 'x', Rule: 'a, "quoted" rule' },
  ])
  await expect(async () => {
    for await (const _batch of readDocument(bytes()));
  }).rejects.toThrow('unknown_csv')
})
