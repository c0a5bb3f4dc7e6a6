import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, outcomeOf, read, rejectOf } from './support'

const COLUMNS =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date'

const hanako: Record<string, string> = {
  user: 'hanako',
  arn: 'arn:aws:iam::012345678901:user/hanako',
  user_creation_time: '2024-01-01T00:00:00+00:00',
  password_enabled: 'TRUE',
  password_last_used: '2025-12-30T00:00:00+00:00',
  password_last_changed: '2025-01-01T00:00:00+00:00',
  mfa_active: 'true',
  access_key_1_active: 'false',
  access_key_1_last_rotated: 'N/A',
  access_key_1_last_used_date: 'N/A',
  access_key_2_active: 'false',
  access_key_2_last_rotated: 'N/A',
  access_key_2_last_used_date: 'N/A',
}
const root = {
  ...hanako,
  user: '<root_account>',
  arn: 'arn:aws:iam::012345678901:root',
  password_enabled: 'not_supported',
  password_last_changed: 'not_supported',
}

/** The result of each check for a user. */
function judged(user: Record<string, string>, observedAt = now): Record<string, string> {
  return Object.fromEntries(outcomesOf(user, { now, observedAt }).map(({ control, result }) => [control, result]))
}

describe('a document in CSV', () => {
  test('is cut into rows by its header, wherever the bytes are cut', async () => {
    const rows = [
      ['a', 'plain'],
      ['b', 'with, delimiter'],
      ['c', 'with "quotes"'],
      ['d', 'on two\nlines'],
      ['e', '=1+1'],
      ['f', '火の見'],
    ]
    const text = `user,arn,user_creation_time,text\r\n${rows
      .map(([user, cell = '']) => `${user},x,y,"${cell.replaceAll('"', '""')}"\r\n`)
      .join('')}`
    for (const sizes of [[], [1], [7, 3], [64]]) {
      const { values, failure } = await read(text, sizes)
      expect(failure).toBeNull()
      expect(values).toEqual(rows.map(([user, cell]) => ({ user, arn: 'x', user_creation_time: 'y', text: cell })))
    }
  })

  test('returns any cells that were written to it', async () => {
    // Any code point, as the unit "binary", whose table of all of them takes a second to make.
    const unit = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff)).map(point => String.fromCodePoint(point))
    const cell = fc.string({ unit, maxLength: 20 }).map(text => text.replace(/\p{Surrogate}/gu, ''))
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 8 }), async cells => {
        const lines = cells.map(text => `u,a,t,"${text.replaceAll('"', '""')}"`)
        const { values } = await read(`user,arn,user_creation_time,text_of_the_row_that_is_longer\n${lines.join('\n')}`)
        expect(values).toEqual(
          cells.map(text => ({
            user: 'u',
            arn: 'a',
            user_creation_time: 't',
            text_of_the_row_that_is_longer: text,
          })),
        )
      }),
    )
  })

  test('refuses an uneven row with its numbers, and reads the others', async () => {
    const { codes, values, records } = await read(`${COLUMNS}\nx,y\n${Object.values(hanako).join(',')},more\n`)
    expect(codes).toEqual(['uneven_row'])
    expect(values).toHaveLength(1)
    expect(records[0]).toMatchObject({ index: 0, reject: { params: { found: 2, expected: 14 } } })
  })

  test('reports where it was truncated inside quotes, and a duplicate column', async () => {
    expect((await read(`${COLUMNS}\n"open`)).failure).toMatchObject({ code: 'truncated' })
    expect((await read(`${COLUMNS},user\n`)).failure).toMatchObject({ code: 'duplicate_key' })
  })

  test('of another kind is no report', async () => {
    expect((await read(`name,age\n${'a,1\n'.repeat(40)}`)).failure).toMatchObject({ code: 'unknown_csv' })
  })

  test('is known by its columns, in whatever order and with whatever between them a spreadsheet saved it', async () => {
    const rows = (delimiter: string) =>
      [
        ['SEVERITY', 'STATUS', 'NOTE', 'CHECK_ID'],
        ['low', 'FAIL', 'a', 'x'],
      ]
        .map(cells => cells.join(delimiter))
        .join('\n')
    for (const delimiter of [',', ';', '\t']) {
      expect(await read(rows(delimiter)), delimiter).toMatchObject({
        values: [{ SEVERITY: 'low', STATUS: 'FAIL', NOTE: 'a', CHECK_ID: 'x' }],
        failure: null,
      })
    }
  })

  test('of another tool is reported as such, however long its header is', async () => {
    const header = (columns: number) => Array.from({ length: columns }, (_, n) => `column ${n}`).join(';')
    expect((await read(`${header(3)}\n1;2;3\n`)).failure).toMatchObject({ code: 'unknown_csv' })
    expect((await read(`${header(3000)}\n`)).failure).toMatchObject({ code: 'unknown_csv' })
  })

  test('with a header alone is empty of records, and may begin with a byte order mark', async () => {
    expect(await read(`\ufeff${COLUMNS}\n`)).toMatchObject({ records: [], failure: null })
  })

  test('refuses a row of another encoding and reads the next', async () => {
    const bytes = Buffer.concat([Buffer.from(`${COLUMNS}\n`), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('x,y\n')])
    expect((await read(bytes)).codes).toEqual(['wrong_encoding', 'uneven_row'])
  })
})

describe('a user of the IAM credential report', () => {
  test('with a password, MFA and no key passes every check', () => {
    expect(judged(hanako)).toEqual({ 'IAM.5': 'passed', 'IAM.3': 'passed', 'IAM.22': 'passed' })
    expect(outcomesOf(hanako, { now })[0]).toMatchObject({
      source: 'iam-credential-report',
      accountId: '012345678901',
      region: 'global',
      resource: { id: hanako.arn, type: 'AwsIamUser' },
      severity: 'medium',
    })
  })

  test.each([
    [{ mfa_active: 'FALSE' }, 'IAM.5', 'failed'],
    [{ mfa_active: 'false', password_enabled: 'false' }, 'IAM.5', 'passed'],
    [{ access_key_1_active: 'true', access_key_1_last_rotated: '2025-10-02T00:00:00+00:00' }, 'IAM.3', 'failed'],
    [{ access_key_1_active: 'true', access_key_1_last_rotated: '2025-10-04T00:00:00+00:00' }, 'IAM.3', 'passed'],
    [{ access_key_1_active: 'false', access_key_1_last_rotated: '2020-01-01T00:00:00+00:00' }, 'IAM.3', 'passed'],
    [{ password_last_used: '2025-11-15T00:00:00+00:00' }, 'IAM.22', 'failed'],
    [{ password_last_used: '2025-11-18T00:00:00+00:00' }, 'IAM.22', 'passed'],
    // Never used since it was set almost a year ago.
    [{ password_last_used: 'no_information' }, 'IAM.22', 'failed'],
    [
      {
        access_key_2_active: 'true',
        access_key_2_last_rotated: '2025-12-01T00:00:00+00:00',
        access_key_2_last_used_date: 'N/A',
      },
      'IAM.22',
      'passed',
    ],
  ])('with %j: %s is %s', (change, control, result) => {
    expect(judged({ ...hanako, ...change })[control]).toBe(result)
  })

  test('is judged by the day of the report, not of the reading', () => {
    const user = { ...hanako, access_key_1_active: 'true', access_key_1_last_rotated: '2025-06-01T00:00:00+00:00' }
    expect(judged(user, new Date('2025-07-01T00:00:00Z'))['IAM.3']).toBe('passed')
    expect(judged(user)['IAM.3']).toBe('failed')
  })

  test('may be the root user, whose checks are others', () => {
    expect(judged(root)).toEqual({ 'IAM.4': 'passed', 'IAM.9': 'passed' })
    expect(judged({ ...root, mfa_active: 'false', access_key_1_active: 'true' })).toEqual({
      'IAM.4': 'failed',
      'IAM.9': 'failed',
    })
    expect(outcomesOf(root, { now })[1]).toMatchObject({ severity: 'critical' })
  })

  test.each([
    [{ arn: 'andrew' }, 'bad_account'],
    [{ mfa_active: 'maybe' }, 'bad_field'],
    [{ password_last_used: 'yesterday' }, 'bad_date'],
  ])('with %j is refused', (change, code) => {
    expect(rejectOf({ ...hanako, ...change }).code).toBe(code)
  })
})

const fourth = {
  TIMESTAMP: '2025-02-14 14:27:03.913874',
  ACCOUNT_UID: '012345678901',
  FINDING_UID: 'prowler-aws-s3_x-012345678901-us-east-1-bucket',
  PROVIDER: 'aws',
  CHECK_ID: 's3_bucket_public_access',
  CHECK_TITLE: 'Buckets are not public',
  STATUS: 'FAIL',
  STATUS_EXTENDED: 'Bucket bucket is public.',
  MUTED: 'False',
  SEVERITY: 'critical',
  RESOURCE_TYPE: 'AwsS3Bucket',
  RESOURCE_UID: 'arn:aws:s3:::bucket',
  REGION: 'us-east-1',
  RISK: 'Anybody can read it.',
  REMEDIATION_RECOMMENDATION_TEXT: 'Block public access.',
  REMEDIATION_RECOMMENDATION_URL: 'https://example.com/s3',
}

describe("a row of Prowler's own output", () => {
  test('becomes one complete outcome', () => {
    expect(outcomeOf(fourth)).toMatchObject({
      source: 'prowler',
      product: 'Prowler',
      nativeId: fourth.FINDING_UID,
      class: 'posture',
      accountId: '012345678901',
      region: 'us-east-1',
      control: 's3_bucket_public_access',
      result: 'failed',
      severity: 'critical',
      description: 'Bucket bucket is public.\n\nAnybody can read it.',
      remediationText: 'Block public access.',
      resource: { id: 'arn:aws:s3:::bucket', type: 'AwsS3Bucket' },
      updatedAt: null,
      localTime: new Date('2025-02-14T14:27:03Z'),
    })
  })

  test('is the same in the JSON of the third version', () => {
    const third = {
      AssessmentStartTime: '2025-02-14T14:27:03.913874',
      FindingUniqueId: fourth.FINDING_UID,
      Provider: 'aws',
      CheckID: fourth.CHECK_ID,
      CheckTitle: fourth.CHECK_TITLE,
      Status: 'FAIL',
      StatusExtended: fourth.STATUS_EXTENDED,
      Severity: 'critical',
      ResourceType: 'AwsS3Bucket',
      ResourceArn: 'arn:aws:s3:::bucket',
      ResourceId: 'bucket',
      AccountId: '012345678901',
      Region: 'us-east-1',
      Risk: fourth.RISK,
      Remediation: { Recommendation: { Text: 'Block public access.', Url: 'https://example.com/s3' } },
    }
    expect(outcomeOf(third)).toEqual(outcomeOf(fourth))
  })

  test.each([
    [{ STATUS: 'PASS' }, 'passed'],
    [{ STATUS: 'MANUAL' }, 'not_available'],
    [{ MUTED: 'True' }, 'suppressed'],
    [{ MUTED: 'True', STATUS: 'PASS' }, 'passed'],
  ])('with %j is %s', (change, result) => {
    expect(outcomeOf({ ...fourth, ...change }).result).toBe(result)
  })

  test.each([
    [{ PROVIDER: 'azure' }, 'other_cloud'],
    [{ ACCOUNT_UID: '<account_uid>' }, 'bad_account'],
    [{ STATUS: 'PERHAPS' }, 'bad_field'],
    [{ SEVERITY: '' }, 'missing_field'],
    [{ SEVERITY: 'severe' }, 'bad_severity'],
    [{ CHECK_ID: '' }, 'missing_field'],
  ])('with %j is refused', (change, code) => {
    expect(rejectOf({ ...fourth, ...change }).code).toBe(code)
  })

  test('of the second version names its check in brackets; rows of one check are separated by their status text', () => {
    const second = {
      ACCOUNT_NUM: '012345678901',
      REGION: 'us-east-1',
      TITLE_ID: '1.3',
      CHECK_RESULT: 'FAIL',
      TITLE_TEXT: '[check13] Ensure unused credentials are disabled (Scored)',
      CHECK_RESULT_EXTENDED: 'User a has not used a password',
      CHECK_SEVERITY: 'Medium',
    }
    const [one, other] = [outcomeOf(second), outcomeOf({ ...second, CHECK_RESULT_EXTENDED: 'User b has not' })]
    expect(one).toMatchObject({ control: 'check13', title: 'Ensure unused credentials are disabled (Scored)' })
    expect(one.nativeId).not.toBe(other.nativeId)
    expect(one.resource).toEqual(other.resource)
  })
})
