import { describe, expect, test } from 'vitest'
import { columnsOf, spansOf } from '../../../components/standard/standard-columns'
import { controlExplanation } from '../../../lib/domain/controls/text/explanations'
import { canonicalTitle } from '../../../lib/domain/controls/text/titles'
import type { StandardAccount } from '../../../lib/domain/standard/api-standard'
import { controlsByName } from '../../../lib/domain/standard/names'
import { type StandardRow, standardRow, standardRows } from '../../../lib/domain/standard/rows'
import { checksOff, defaultStandardPolicy, StandardPolicy, switchOf } from '../../../lib/domain/standard/settings'
import { type CheckSummary, verdictOf } from '../../../lib/domain/standard/state'

function row(id: string): StandardRow {
  const found = standardRow(id)
  if (!found) throw new Error(id)
  return found
}
const missing = { region: 'eu-west-1', collector: 'ec2', state: 'denied', action: 'ec2:X' } as const
const summary = (check: string, more: Partial<CheckSummary> = {}): CheckSummary => ({
  check,
  unexamined: [],
  passed: 1,
  failed: 0,
  unknown: 0,
  ...more,
})
function stateOf(
  id: string,
  own: CheckSummary | null,
  controls: Record<string, [failed: number, passed: number]> = {},
  { off = false, found = {} }: { off?: boolean; found?: Record<string, [unsolved: number, excepted: number]> } = {},
) {
  const counts = Object.entries(controls).map(
    ([name, [failed, passed]]) => [name.toLowerCase(), { failed, passed }] as const,
  )
  const findings = Object.entries(found).map(([name, [unsolved, excepted]]) => [name, { unsolved, excepted }] as const)
  const checks = new Map(own ? [[own.check, own]] : [])
  return verdictOf(row(id), { checks, controls: new Map(counts), findings: new Map(findings) }, off).state
}

describe('the state of a check', () => {
  test('is passed only where all of it was examined', () => {
    expect(stateOf('ebs-encryption', summary('ebs-encryption'))).toBe('passed')
    expect(stateOf('ebs-encryption', summary('ebs-encryption', { unexamined: [missing] }))).toBe('unexamined')
    expect(stateOf('ebs-encryption', summary('ebs-encryption', { unknown: 1 }))).toBe('unexamined')
    expect(stateOf('ebs-encryption', null)).toBe('unexamined')
  })

  test('is failed where any tool reports a failure', () => {
    expect(stateOf('ebs-encryption', summary('ebs-encryption'), { 'EC2.7': [1, 0] })).toBe('failed')
    expect(stateOf('ebs-encryption', summary('ebs-encryption', { failed: 1, unexamined: [missing] }))).toBe('failed')
  })

  test('is no pass of another tool where Hinomi could not look everywhere', () => {
    expect(stateOf('ebs-encryption', summary('ebs-encryption', { unexamined: [missing] }), { 'EC2.7': [0, 1] })).toBe(
      'unexamined',
    )
    expect(stateOf('rds-private', null, { 'RDS.2': [0, 1] })).toBe('unexamined')
    expect(stateOf('rds-private', null, { 'RDS.2': [0, 1], 'RDS.3': [0, 2] })).toBe('passed')
  })

  test('is excepted where exceptions cover every failure, and all was examined', () => {
    const own = summary('ebs-encryption', { failed: 2 })
    expect(stateOf('ebs-encryption', own, { 'EC2.7': [2, 0] }, { found: { 'EC2.7': [0, 2] } })).toBe('excepted')
    expect(stateOf('ebs-encryption', own, { 'EC2.7': [2, 0] }, { found: { 'EC2.7': [1, 1] } })).toBe('failed')
    const partly = { ...own, unexamined: [missing] }
    expect(stateOf('ebs-encryption', partly, {}, { found: { 'EC2.7': [0, 2] } })).toBe('unexamined')
    const others: Record<string, [failed: number, passed: number]> = { 'RDS.2': [1, 0], 'RDS.3': [0, 2] }
    expect(stateOf('rds-private', null, others, { found: { 'RDS.2': [0, 1] } })).toBe('excepted')
    expect(stateOf('rds-private', null, { ...others, 'RDS.3': [1, 2] }, { found: { 'RDS.2': [0, 1] } })).toBe('failed')
  })

  test('does not apply to members where it is about the organization', () => {
    expect(stateOf('delegated-administrators', summary('delegated-administrators', { passed: 0 }))).toBe(
      'not_applicable',
    )
    expect(stateOf('open-ports', summary('open-ports', { passed: 0 }))).toBe('passed')
  })

  test('is not passed where nothing was judged of what every account has', () => {
    const nothing = (id: string) => stateOf(id, summary(id, { passed: 0 }))
    expect(nothing('root-mfa')).toBe('unexamined')
    expect(nothing('ebs-encryption')).toBe('unexamined')
    expect(nothing('user-mfa')).toBe('passed')
  })

  test('is off before everything else', () => {
    expect(stateOf('ebs-encryption', summary('ebs-encryption', { failed: 1 }), {}, { off: true })).toBe('off')
  })
})

test('a switch of an environment goes before one of all', () => {
  const off = [
    { check: 'imdsv2', environment: null, reason: 'everywhere' },
    { check: 'imdsv2', environment: 'sandbox' as const, reason: 'sandboxes' },
    { check: 'kms-rotation', environment: 'unset' as const, reason: 'unknown' },
  ]
  const policy = StandardPolicy.parse({ ...defaultStandardPolicy, off })
  expect(switchOf(policy, 'imdsv2', 'sandbox')?.reason).toBe('sandboxes')
  expect(switchOf(policy, 'imdsv2', 'production')?.reason).toBe('everywhere')
  expect([...checksOff(policy, null)].sort()).toEqual(['imdsv2', 'kms-rotation'])
})

test('limits of controls only get stricter, and only known checks are switched', () => {
  const with_ = (limits: object) => StandardPolicy.safeParse({ off: [], limits }).success
  expect(with_({ keyRotationDays: 60 })).toBe(true)
  expect(with_({ keyRotationDays: 120 })).toBe(false)
  expect(with_({ passwordLength: 8 })).toBe(false)
  const off = [{ check: 'no-such', environment: null, reason: 'x' }]
  expect(StandardPolicy.safeParse({ limits: {}, off }).success).toBe(false)
})

test('every check has controls, a title in both languages, and names of other tools', () => {
  expect(standardRows.length).toBe(53)
  expect(new Set(standardRows.map(({ id }) => id)).size).toBe(standardRows.length)
  expect(standardRows.filter(({ controls, title }) => controls.length === 0 || !title.ja || !title.en)).toEqual([])
  expect(controlsByName().get('iam_root_mfa_enabled')).toBe('iam.9')
})

test.each(['en', 'ja'])('every control of a check has a title, a reason and a remedy (%s)', async locale => {
  const controls = standardRows.flatMap(row => row.controls)
  const explained = await Promise.all(controls.map(control => controlExplanation(locale, control)))
  expect(controls.filter((control, at) => !canonicalTitle(locale, control) || !explained[at]?.risk)).toEqual([])
  expect(controls.filter((_, at) => !explained[at]?.do)).toEqual([])
})

test('columns of one team stand together within a part', () => {
  const cell = (check: string, team: string) => ({
    check,
    team,
    state: 'passed' as const,
    failed: 0,
    excepted: 0,
    passed: 1,
    unknown: 0,
    unexamined: [],
    reason: null,
  })
  const account: StandardAccount = {
    account: '1',
    name: '',
    environment: null,
    addedAt: new Date(0),
    checkedAt: null,
    cells: [cell('root-mfa', 'a'), cell('user-mfa', 'b'), cell('key-rotation', 'c'), cell('single-key', 'b')],
  }
  const columns = columnsOf([account])
  expect(columns.map(({ row: { id } }) => id)).toEqual(['root-mfa', 'user-mfa', 'single-key', 'key-rotation'])
  expect(spansOf(columns, ({ row: { group } }) => group)).toEqual([
    { value: 'root', width: 1 },
    { value: 'iam', width: 3 },
  ])
})
