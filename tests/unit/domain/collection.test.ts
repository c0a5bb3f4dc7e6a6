import { describe, expect, test } from 'vitest'
import { isCovered, readCells, wasRead, windowSince } from '../../../lib/domain/collection/cells'
import { collectors } from '../../../lib/domain/collection/collectors'
import { cellStates, lineKind, readLine } from '../../../lib/domain/collection/lines'
import { slotsAt } from '../../../lib/domain/collection/schedule'

describe('cells of a collected report', () => {
  const ok = (region: string) => ({ region, state: 'ok' as const, complete: true })
  const whole = { regional: true, whole: true }

  test('say where everything was read', () => {
    const cells = readCells([ok('us-east-1'), { region: 'eu-west-1', state: 'denied', complete: false }], whole)
    expect(cells.whole).toBe(false)
    expect([
      wasRead(cells, 'us-east-1', 'S3.1'),
      wasRead(cells, 'eu-west-1', 'S3.1'),
      wasRead(cells, null, 'S3.1'),
    ]).toEqual([true, false, false])
  })

  test.each(cellStates)('with a cell that is %s', state => {
    const other = { region: 'eu-west-1', state, complete: state === 'ok' }
    // A service that is not enabled has nothing to read; an error leaves something unread.
    expect(readCells([ok('us-east-1'), other], whole).whole).toBe(['ok', 'not_enabled', 'no_plan'].includes(state))
    expect(readCells([other], whole).whole).toBe(state === 'ok')
  })

  test('after a window of changes, or of one Region, are not everything', () => {
    const window = { region: 'us-east-1', state: 'ok' as const, complete: false }
    expect(readCells([window], whole)).toEqual({ regions: new Set(), controls: null, whole: false })
    expect(readCells([ok('us-east-1')], { regional: true, whole: false }).whole).toBe(false)
  })

  test('of a collector that is not regional stand for every Region', () => {
    const cells = readCells([ok('global')], { regional: false, whole: true })
    expect([wasRead(cells, 'ap-northeast-1', 'S3.1'), wasRead(cells, null, 'S3.1')]).toEqual([true, true])
    const denied = readCells([{ region: 'global', state: 'denied', complete: false }], { regional: false, whole: true })
    expect(wasRead(denied, 'ap-northeast-1', 'S3.1')).toBe(false)
  })
})

test('changes are read since the last reading, and everything where the last whole one is older than a day', () => {
  const at = new Date('2026-11-27T12:00:00Z')
  const before = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
  expect(windowSince({ okAt: before(1), completeAt: before(10) }, at)).toEqual(new Date('2026-11-27T10:45:00Z'))
  expect(windowSince({ okAt: before(1), completeAt: before(40) }, at)).toBeNull()
  expect(windowSince({ okAt: before(1), completeAt: null }, at)).toBeNull()
  expect(windowSince({ okAt: null, completeAt: null }, at)).toBeNull()
  expect(windowSince({ okAt: before(-24), completeAt: before(10) }, at)).toBeNull()
  expect(windowSince({ okAt: before(1), completeAt: before(-24) }, at)).toBeNull()
})

test('a cell is read by the administrator of the service as long as that was lately', () => {
  const at = new Date('2026-11-27T12:00:00Z')
  const viaAt = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
  const [own, other] = ['111111111111', '222222222222']
  expect(isCovered({ via: other, viaAt: viaAt(25) }, own, at)).toBe(true)
  expect(isCovered({ via: other, viaAt: viaAt(27) }, own, at)).toBe(false)
  expect(isCovered({ via: other, viaAt: viaAt(-1) }, own, at)).toBe(false)
  expect(isCovered({ via: own, viaAt: viaAt(1) }, own, at)).toBe(false)
  expect(isCovered({ via: null, viaAt: null }, own, at)).toBe(false)
})

describe('scheduled rounds', () => {
  test('are full at two at night in the zone, and light each hour', () => {
    const { full, light } = slotsAt(new Date('2026-11-27T04:59:00Z'), 'Asia/Tokyo')
    expect(full).toEqual(new Date('2026-11-26T17:00:00Z'))
    expect(light).toEqual(new Date('2026-11-27T04:00:00Z'))
    expect(slotsAt(new Date('2026-11-27T17:00:00Z'), 'Asia/Tokyo').full).toEqual(new Date('2026-11-27T17:00:00Z'))
  })

  test('keep their slot in zones off the hour and on days without that hour', () => {
    expect(slotsAt(new Date('2026-11-27T04:59:00Z'), 'Asia/Kolkata').full).toEqual(new Date('2026-11-26T21:00:00Z'))
    // Summer time began at two: the slot of the day before still stands.
    expect(slotsAt(new Date('2026-03-29T10:00:00Z'), 'Europe/Tallinn').full.getTime()).toBeLessThan(
      new Date('2026-03-29T10:00:00Z').getTime(),
    )
  })
})

test('lines are known by their key, and a malformed one tells its field', () => {
  expect([lineKind({ inventory: 1 }), lineKind({ inventory: 2 }), lineKind([]), lineKind(null)]).toEqual([
    'inventory',
    null,
    null,
    null,
  ])
  const header = { collection: 1, account: '123456789012', collector: 's3', startedAt: '2026-11-27T00:00:00Z' }
  expect(readLine('collection', header)).toEqual({ wrong: 'whole' })
  expect(readLine('collection', { ...header, whole: true })).toMatchObject({ kind: 'collection', collector: 's3' })
  const old = { ...header, whole: true, startedAt: '0001-01-01T00:00:00Z' }
  expect(readLine('collection', old)).toEqual({ wrong: 'startedAt' })
})

test('every collector has an id and names of its own', () => {
  for (const part of [collectors.map(({ id }) => id), collectors.map(({ name }) => name.ja)])
    expect(new Set(part).size).toBe(collectors.length)
})
