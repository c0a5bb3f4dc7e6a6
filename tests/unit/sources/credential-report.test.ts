import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, read } from './support'

const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'mfa_active',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
]

const ROWS = [
  'hanako,arn:aws:iam::012345678901:user/hanako,2020-01-01T00:00:00+00:00,true,2024-05-06T00:00:00+00:00,2020-01-01T00:00:00+00:00,true,true,2025-12-31T00:00:00+00:00,2026-01-01T00:00:00+00:00,true,2024-03-01T10:00:00+00:00,2025-01-02T23:00:00+00:00',
  'taro,arn:aws:iam::012345678901:user/taro,2020-01-01T00:00:00+00:00,false,N/A,N/A,false,true,2024-03-01T10:00:00+00:00,N/A,false,N/A,N/A',
]
const CSV = `${[COLUMNS.join(','), ...ROWS].join('\n')}\n`

async function outcomesIn(document: string | Uint8Array, observedAt = now): Promise<Outcome[]> {
  const { values, codes, failure } = await read(document)
  expect({ codes, failure }).toEqual({ codes: [], failure: null })
  return values.flatMap(value => outcomesOf(value, { now, observedAt }))
}

async function descriptionOf(user: string, control: string): Promise<string> {
  const found = (await outcomesIn(CSV)).find(each => each.nativeId.endsWith(`/${user}/${control}`))
  return found?.description ?? ''
}

describe('a credential report as GetCredentialReport answers it', () => {
  const base64 = Buffer.from(CSV).toString('base64')
  const GeneratedTime = '2026-01-01T00:00:00+00:00'
  test.each([
    ['of the AWS CLI', { Content: base64, ReportFormat: 'text/csv', GeneratedTime }],
    ['with text, as Python writes it', { Content: CSV, ReportFormat: 'text/csv', GeneratedTime }],
    ['with bytes, as Node.js writes them', { Content: Buffer.from(CSV), ReportFormat: 'text/csv', GeneratedTime }],
    ['with an array of bytes', { Content: new Uint8Array(Buffer.from(CSV)), ReportFormat: 'text/csv', GeneratedTime }],
    ['in lower case', { content: base64, reportFormat: 'text/csv', generatedTime: 1767225600 }],
  ])('is read like its CSV: %s', async (_shape, answer) => {
    const direct = await outcomesIn(CSV)
    expect(direct).toHaveLength(6)
    expect(await outcomesIn(JSON.stringify(answer, null, 2))).toEqual(
      direct.map(outcome => ({ ...outcome, updatedAt: new Date(GeneratedTime) })),
    )
  })

  test('is judged by the time at which it was created, whenever it arrives', async () => {
    const made = { Content: base64, ReportFormat: 'text/csv', GeneratedTime: '2024-03-15T00:00:00Z' }
    const results = (await outcomesIn(JSON.stringify(made))).filter(({ control }) => control === 'IAM.3')
    expect(results.map(({ result, updatedAt }) => [result, updatedAt])).toEqual([
      ['passed', new Date('2024-03-15T00:00:00Z')],
      ['passed', new Date('2024-03-15T00:00:00Z')],
    ])
  })

  test('loses only a broken row, and reports its position', async () => {
    const csv = CSV.replace('2024-03-01T10:00:00+00:00,N/A', 'yesterday,N/A')
    const text = ` ${JSON.stringify({ Content: Buffer.from(csv).toString('base64'), ReportFormat: 'text/csv' })}\n`
    const { records } = await read(text)
    expect(records.map(({ offset, length }) => [offset, length])).toEqual([
      [1, text.length - 2],
      [1, text.length - 2],
    ])
  })

  test('of another format is none', async () => {
    const answer = { Content: Buffer.from('nothing').toString('base64'), ReportFormat: 'text/csv', GeneratedTime }
    expect((await read(JSON.stringify(answer))).values).toEqual([answer])
  })
})

describe('the findings of a credential report', () => {
  test('contain the old key with the day of its last rotation', async () => {
    expect(await descriptionOf('hanako', 'IAM.3')).toBe(
      'Access key 2: last rotated 2024-03-01\nConsole password: yes\nMFA: yes\nActive: access key 1, access key 2',
    )
  })

  test('contain the unused credentials with the day of their last use', async () => {
    expect(await descriptionOf('hanako', 'IAM.22')).toMatch(
      /^Console password: last used 2024-05-06\nAccess key 2: last used 2025-01-02\nConsole password: yes/,
    )
    expect(await descriptionOf('taro', 'IAM.22')).toMatch(/^Access key 1: no use on record, last rotated 2024-03-01\n/)
  })

  test('stay the same while the reported keys do, even if another key is used every day', async () => {
    const later = CSV.replace('2026-01-01T00:00:00+00:00,true', '2026-01-02T09:00:00+00:00,true')
    const tomorrow = new Date('2026-01-02T12:00:00Z')
    const { values } = await read(later)
    const texts = values.flatMap(value => outcomesOf(value, { now: tomorrow })).map(({ description }) => description)
    expect(texts).toEqual((await outcomesIn(CSV)).map(({ description }) => description))
  })
})
