import { expect, test } from 'vitest'
import { compareCells, groupCells, stateOfCells } from '../../../lib/domain/collection/coverage'
import { type CellState, cellStates } from '../../../lib/domain/collection/lines'

test('one problem among several cells stands for all of them', () => {
  expect(stateOfCells({ ok: 16, denied: 1 })).toBe('denied')
  expect(stateOfCells({ ok: 3, throttled: 1, failed: 1, not_enabled: 9 })).toBe('failed')
  expect(stateOfCells({ ok: 1, not_enabled: 16, no_plan: 2 })).toBe('ok')
  expect(stateOfCells({ not_enabled: 17 })).toBe('not_enabled')
  expect(stateOfCells({ ok: 0 })).toBeNull()
})

test('every state can stand for cells', () => {
  for (const state of cellStates) expect(stateOfCells({ [state]: 1 })).toBe(state)
})

test('cells are in the order of problems, collectors and Regions', () => {
  const cell = (collector: string, region: string, state: CellState) => ({ collector, region, state })
  const given = [
    cell('waf', 'us-east-1', 'ok'),
    cell('of-another-version', 'global', 'ok'),
    cell('guardduty', 'us-east-1', 'ok'),
    cell('waf', 'eu-west-1', 'throttled'),
    cell('guardduty', 'eu-west-1', 'not_enabled'),
    cell('iam', 'global', 'denied'),
  ]
  expect(given.toSorted(compareCells).map(({ collector, region }) => `${collector} ${region}`)).toEqual([
    'iam global',
    'waf eu-west-1',
    'guardduty eu-west-1',
    'guardduty us-east-1',
    'waf us-east-1',
    'of-another-version global',
  ])
})

test('cells of one collector that say the same are one group, problems are not', () => {
  const cell = (collector: string, region: string, state: CellState, complete = state === 'ok') => ({
    collector,
    region,
    state,
    complete,
  })
  const given = [
    cell('guardduty', 'eu-west-1', 'denied'),
    cell('guardduty', 'eu-west-2', 'denied'),
    cell('guardduty', 'us-east-1', 'ok'),
    cell('guardduty', 'us-east-2', 'ok'),
    cell('guardduty', 'us-west-1', 'ok', false),
    cell('guardduty', 'us-west-2', 'ok'),
    cell('guardduty', 'af-south-1', 'not_enabled'),
    cell('waf', 'us-east-1', 'ok'),
  ]
  const groups = groupCells(given, ({ region }) => region === 'us-west-2')
  expect(groups.map(group => group.map(({ region }) => region))).toEqual([
    ['eu-west-1'],
    ['eu-west-2'],
    ['us-east-1', 'us-east-2'],
    ['us-west-1'],
    ['us-west-2'],
    ['af-south-1'],
    ['us-east-1'],
  ])
})
