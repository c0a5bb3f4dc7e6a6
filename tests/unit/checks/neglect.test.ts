import { describe, expect, test } from 'vitest'
import { evaluate } from '@/lib/domain/checks/evaluate'
import type { Attention, CountedSignal, SourceAttention } from '@/lib/domain/checks/neglect/attention'
import { neglectChecks } from '@/lib/domain/checks/neglect/checks'
import { signals } from '@/lib/domain/checks/neglect/signals'
import { ACCOUNT, type Given, inventory, REGION, service } from '../../support/checks/inventory'
import { inventoryWith } from '../../support/inventory'

const now = new Date('2026-03-02T00:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

function run(attention: Partial<Attention>) {
  const known = { sources: [], unopenedDays: 30, signals: {}, ...attention }
  return evaluate(inventoryWith({ now, attention: known }), neglectChecks)
}

const advisor: SourceAttention = {
  source: 'trusted-advisor',
  kind: 'source',
  accounts: 12,
  unread: 18,
  urgent: 18,
  firstAt: daysAgo(200),
  openedAt: daysAgo(61),
  isSubscription: false,
}
/** A subscription reports nothing that could be unread. */
const shield: SourceAttention = {
  ...advisor,
  source: 'shield',
  kind: 'service',
  unread: 0,
  urgent: 0,
  openedAt: null,
  isSubscription: true,
}

describe('a source', () => {
  test('that nobody opens is a finding with its numbers', () => {
    const [record] = run({ sources: [advisor] }).records
    expect(record).toMatchObject({
      control: 'hinomi/source-unopened',
      resource: { id: 'trusted-advisor', type: 'Source' },
      result: 'failed',
      evidence: [
        { name: 'neglectAccounts', value: 12 },
        { name: 'neglectUnread', value: 18 },
        { name: 'neglectUrgent', value: 18 },
        { name: 'neglectOpened', value: daysAgo(61).toISOString(), as: 'time' },
      ],
    })
  })

  test.each([
    ['was opened lately', { openedAt: daysAgo(29) }],
    ['has nothing unread', { unread: 0 }],
    ['began to report lately', { openedAt: null, firstAt: daysAgo(29) }],
  ])('passes where it %s', (_what, change) => {
    expect(run({ sources: [{ ...advisor, ...change }] }).records).toMatchObject([{ result: 'passed', evidence: [] }])
  })
})

describe('a paid service', () => {
  test('with a fixed fee that nobody opens is a finding without anything unread', () => {
    expect(run({ sources: [shield] }).records).toMatchObject([
      {
        control: 'hinomi/source-unopened',
        resource: { id: 'shield' },
        result: 'failed',
        evidence: [
          { name: 'neglectAccounts', value: 12 },
          { name: 'neglectUnread', value: 0 },
          { name: 'neglectUrgent', value: 0 },
          { name: 'neglectFirstSeen', value: daysAgo(200).toISOString(), as: 'time' },
        ],
      },
    ])
  })

  test.each([
    ['was opened lately', { openedAt: daysAgo(29) }],
    ['is in use since lately', { firstAt: daysAgo(29) }],
    ['is charged by use and has nothing unread', { isSubscription: false }],
  ])('passes where it %s', (_what, change) => {
    expect(run({ sources: [{ ...shield, ...change }] }).records).toMatchObject([{ result: 'passed' }])
  })
})

describe('a counted signal', () => {
  const result = (id: CountedSignal, count: number, of = count) =>
    run({ signals: { [id]: { count, of, oldest: daysAgo(40) } } }).records.map(record => record.result)

  test('fails with the first finding', () => {
    expect(result('advice-unchanged', 1)).toEqual(['failed'])
    expect(result('advice-unchanged', 0)).toEqual(['passed'])
  })

  test('of a share fails above it, and not for a few', () => {
    expect(result('criticals-unworked', 9, 10)).toEqual(['failed'])
    expect(result('criticals-unworked', 8, 10)).toEqual(['passed'])
    expect(result('criticals-unworked', 9, 9)).toEqual(['passed'])
    expect(result('controls-unavailable', 4, 10)).toEqual(['failed'])
    expect(result('controls-unavailable', 3, 10)).toEqual(['passed'])
  })

  test('gives no result where its source never reported', () => {
    const { records, examined } = run({})
    expect(records).toEqual([])
    const own = neglectChecks.filter(({ needs }) => needs.length === 0).map(({ id }) => id)
    const lines = examined.filter(({ check }) => own.includes(check))
    expect(lines.map(line => [line.check, line.unexamined])).toEqual(own.map(id => [id, []]))
  })
})

test('every signal has a check or a reason why it is not examined', () => {
  expect(signals).toHaveLength(18)
  const checked = signals.flatMap(({ check }) => check ?? [])
  expect(checked.toSorted()).toEqual(neglectChecks.map(({ id }) => id).toSorted())
  for (const signal of signals) expect(signal.check === null).toBe('unexamined' in signal)
})

const detector = (data: object = {}) =>
  service('GuardDuty', { state: 'enabled', running: true, publishing: 'SIX_HOURS', suppressions: [], ...data })
const archiving = (...fields: (string | [field: string, excludes: boolean])[]) => ({
  name: `rule-${fields.length}`,
  criteria: fields.map(each => {
    const [field, excludes] = typeof each === 'string' ? [each, false] : each
    return { field, excludes }
  }),
})
const hidden = (...rules: object[]) => detector({ suppressions: rules })
const scanned = (unscanned: object | null) => service('InspectorV2', { state: 'enabled', scans: {}, unscanned })
const alarm = (actionsEnabled: boolean, alarmActions: number) => ({
  type: 'AWS::CloudWatch::Alarm',
  region: REGION,
  data: { metric: 'x', actionsEnabled, alarmActions },
})
const gap = { count: 2, reasons: { UNMANAGED_EC2_INSTANCE: 2 }, resources: ['i-1', 'i-2'] }

describe('services that are on', () => {
  test.each<[id: string, given: Given[], expected: string[]]>([
    ['threats-slow', [detector()], ['hinomi/threats-slow failed']],
    ['threats-slow', [detector({ publishing: 'ONE_HOUR' })], ['hinomi/threats-slow passed']],
    ['threats-slow', [detector({ publishing: 'FIFTEEN_MINUTES' })], ['hinomi/threats-slow passed']],
    ['threats-slow', [detector({ running: false })], []],
    ['threats-slow', [detector({ publishing: null })], []],
    ['threats-slow', [service('GuardDuty', { state: 'disabled' })], []],
    ['threats-slow', [service('GuardDuty', { state: 'not_offered' })], []],
    ['threats-hidden', [hidden()], ['hinomi/threats-hidden passed']],
    ['threats-hidden', [hidden(archiving('severity'))], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [hidden(archiving('accountId'))], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [hidden(archiving())], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [hidden(archiving('severity', 'service.archived'))], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [hidden(archiving(['type', true], 'accountId'))], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [hidden(archiving('type'))], ['hinomi/threats-hidden passed']],
    ['threats-hidden', [hidden(archiving('type', 'severity', 'accountId'))], ['hinomi/threats-hidden passed']],
    ['threats-hidden', [hidden(archiving('resource.instanceDetails.instanceId'))], ['hinomi/threats-hidden passed']],
    ['threats-hidden', [hidden(archiving('type'), archiving())], ['hinomi/threats-hidden failed']],
    ['threats-hidden', [detector({ suppressions: null })], []],
    ['scans-missing', [scanned(gap)], ['hinomi/scans-missing failed']],
    ['scans-missing', [scanned({ count: 0, reasons: {}, resources: [] })], ['hinomi/scans-missing passed']],
    ['scans-missing', [scanned(null)], []],
    ['scans-missing', [service('InspectorV2', { state: 'disabled' })], []],
    ['alarms-idle', [alarm(true, 1)], ['CloudWatch.15 passed', 'CloudWatch.17 passed']],
    ['alarms-idle', [alarm(true, 0)], ['CloudWatch.15 failed', 'CloudWatch.17 passed']],
    ['alarms-idle', [alarm(false, 2)], ['CloudWatch.15 passed', 'CloudWatch.17 failed']],
    ['alarms-idle', [], []],
  ])('%s %#', (id, given, expected) => {
    const check = neglectChecks.find(one => one.id === id)
    const results = [...(check?.run(inventory(given), REGION) ?? [])]
    expect(results.map(({ control, result }) => `${control ?? check?.controls[0]} ${result}`)).toEqual(expected)
  })

  test('members publish as often as their administrator says', () => {
    const slow = neglectChecks.find(({ id }) => id === 'threats-slow')
    const administrator = (account: string) => ({
      type: 'AWS::Organizations::DelegatedAdministrator',
      data: { account, services: [{ principal: 'guardduty.amazonaws.com' }] },
    })
    const of = (account: string) => inventory([detector()], { organization: [administrator(account)] })
    expect([...(slow?.run(of('999999999999'), REGION) ?? [])]).toEqual([])
    expect([...(slow?.run(of(ACCOUNT), REGION) ?? [])]).toMatchObject([{ result: 'failed' }])
  })

  test('what is not scanned is named with the reasons', () => {
    const missing = neglectChecks.find(({ id }) => id === 'scans-missing')
    const [found] = missing?.run(inventory([scanned({ ...gap, count: 40 })]), REGION) ?? []
    expect(found?.evidence).toEqual([
      { name: 'neglectUnscanned', value: 40 },
      { name: 'neglectReasons', value: 'UNMANAGED_EC2_INSTANCE 2' },
      { name: 'neglectResources', value: 'i-1, i-2, +38' },
    ])
  })
})
