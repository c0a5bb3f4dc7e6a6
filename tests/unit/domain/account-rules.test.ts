import { describe, expect, test } from 'vitest'
import {
  AccountRule,
  applyRules,
  overrulesRules,
  type RuledAccount,
  TryAccountRule,
  unitTree,
} from '@/lib/domain/accounts/rules'
import type { Team } from '@/lib/domain/people/team'

const team = (id: string, retired = false, successor: string | null = null): Team => {
  return { id, kind: 'infrastructure', nameEn: id, nameJa: id, retired, successor }
}
const teams = [team('sre'), team('web'), team('old', true, 'web')]
const account = (change: Partial<RuledAccount> = {}): RuledAccount => {
  const values = { environment: null, ownerTeam: 'sre', itScope: false }
  return { unit: 'Workloads/Production', tags: { app: 'shop' }, ...values, decidedBy: {}, ...change }
}
const rule = (change: object) =>
  AccountRule.parse({ name: 'rule', unit: 'Workloads', environment: 'staging', ...change })
const apply = (rules: AccountRule[], change: Partial<RuledAccount> = {}) => applyRules(account(change), rules, teams)

describe('a rule selects', () => {
  test.each([
    ['Workloads/Production', true],
    ['Workloads', true],
    [' /Workloads/ ', true],
    ['Workloads/Prod', false],
    ['Production', false],
    ['workloads', false],
  ])('by the organizational unit %s or below it: %s', (unit, selected) => {
    expect(apply([rule({ unit })]).environment).toBe(selected ? 'staging' : null)
  })

  test.each([
    [{ key: 'app', value: null }, true],
    [{ key: 'app', value: 'shop' }, true],
    [{ key: 'app', value: 'Shop' }, false],
    [{ key: 'team', value: null }, false],
    [{ key: 'toString', value: null }, false],
  ])('by the tag %j: %s', (tag, selected) => {
    expect(apply([rule({ unit: null, tag })]).environment).toBe(selected ? 'staging' : null)
  })

  test('by all of its conditions, and has at least one and sets at least one field', () => {
    expect(apply([rule({ tag: { key: 'app', value: 'blog' } })]).environment).toBeNull()
    const messages = (change: object) =>
      AccountRule.safeParse({ name: 'x', ...change }).error?.issues.map(({ message }) => message)
    expect(messages({ environment: 'staging' })).toEqual(['accountRuleSelects'])
    expect(messages({ unit: ' / ', environment: 'staging' })).toEqual(['accountRuleSelects'])
    expect(messages({ unit: 'A' })).toEqual(['accountRuleSets'])
  })
})

describe('the value of a field', () => {
  test('comes from the first rule that selects the account and sets the field', () => {
    const rules = [
      rule({ name: 'team', environment: null, ownerTeam: 'web' }),
      rule({ name: 'first', environment: 'production', itScope: true }),
      rule({ name: 'second', ownerTeam: 'sre', itScope: false }),
    ]
    expect(apply(rules)).toEqual({
      environment: 'production',
      ownerTeam: 'web',
      itScope: true,
      decidedBy: { environment: { rule: 'first' }, ownerTeam: { rule: 'team' }, itScope: { rule: 'first' } },
    })
  })

  test('stays where a person set it', () => {
    const decidedBy = { environment: { rule: null } }
    const ruled = apply([rule({ itScope: true })], { environment: 'sandbox', decidedBy })
    expect(ruled).toMatchObject({ environment: 'sandbox', itScope: true })
    expect(ruled.decidedBy).toEqual({ environment: { rule: null }, itScope: { rule: 'rule' } })
    expect(overrulesRules(account({ environment: 'sandbox', decidedBy }), [rule({})], teams)).toBe(true)
    expect(overrulesRules(account({ environment: 'staging', decidedBy }), [rule({})], teams)).toBe(false)
    expect(overrulesRules(account({ environment: 'sandbox', decidedBy }), [], teams)).toBe(false)
  })

  test('is its default once its rule is gone, and stays where nobody decided', () => {
    const decidedBy = { environment: { rule: 'gone' }, ownerTeam: { rule: 'gone' }, itScope: { rule: 'gone' } }
    const given = { environment: 'staging', ownerTeam: 'web', itScope: true } as const
    expect(apply([], { ...given, decidedBy })).toEqual({
      environment: null,
      ownerTeam: 'sre',
      itScope: false,
      decidedBy: {},
    })
    expect(apply([], given)).toEqual({ ...given, decidedBy: {} })
  })

  test('is the successor of a retired team', () => {
    expect(apply([rule({ ownerTeam: 'old' })]).ownerTeam).toBe('web')
  })
})

test('units are listed with those above them, each before those below it', () => {
  expect(unitTree(['B', 'A-B', 'A/C/D', 'A/B'])).toEqual(['A', 'A/B', 'A/C', 'A/C/D', 'A-B', 'B'])
})

test('a rule is tried before it has a name or sets anything, but not without a condition', () => {
  const trial = (draft: object) => TryAccountRule.safeParse({ rules: [], at: 0, draft: { name: '', ...draft } }).success
  expect(trial({ unit: 'A' })).toBe(true)
  expect(trial({ tag: { key: 'app', value: null } })).toBe(true)
  expect(trial({ environment: 'staging' })).toBe(false)
})
