import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lib/domain/checks/evaluate'
import { wafChecks } from '../../../../lib/domain/checks/waf/waf'
import { countingOf, historiesOf, wafRecords } from '../../../../lib/domain/waf/rows'
import { WafState } from '../../../../lib/domain/waf/state'
import { inventoryWith } from '../../../support/inventory'
import {
  balancer,
  busy,
  coreGroup,
  daysAgo,
  inventoryOf,
  logging,
  managed,
  NOW,
  region,
  rule,
  webAcl,
} from '../../../support/waf'

/** AWS WAF allows these as names of rules, metrics and versions. */
const names = ['constructor', '__proto__', 'toString']

describe.each(names)('a name that every object has: %s', name => {
  const all = [balancer(), webAcl({ Rules: [rule(name, 'Count')] }), logging(), busy(), coreGroup()]
  const stored = (counting: object) => countingOf(JSON.parse(JSON.stringify(counting)))

  test('of a rule has its own time since when it counts', () => {
    const [first] = wafRecords(inventoryOf(all), NOW, new Map()).acls
    expect(Object.entries(first?.counting ?? {})).toEqual([[name, daysAgo(1)]])
    const counting = stored(Object.fromEntries([[name, daysAgo(40)]]))
    const remembered = new Map([[first?.id ?? '', { rulesHash: '', rulesSince: daysAgo(40), counting }]])
    const [acl] = wafRecords(inventoryOf(all), NOW, remembered).acls
    expect(Object.entries(acl?.counting ?? {})).toEqual([[name, daysAgo(40)]])
  })

  test('of a rule and its metrics is checked as any other', () => {
    const webAcls = historiesOf([
      { arn: webAcl().arn, rulesSince: daysAgo(40), counting: Object.fromEntries([[name, daysAgo(40)]]) },
    ])
    const read = { ...inventoryOf(all), now: NOW, regions: [region] }
    const { records, errors } = evaluate(inventoryWith({ ...read, webAcls }), wafChecks)
    expect(errors).toEqual([])
    const counting = records.find(({ control }) => control === 'hinomi/waf-counting-only')
    expect(counting).toMatchObject({
      result: 'failed',
      evidence: [{ value: name }, { value: daysAgo(40).toISOString() }],
    })
    const without = evaluate(inventoryWith({ ...read, webAcls: historiesOf([]) }), wafChecks)
    expect(without.errors).toEqual([])
  })

  test('of a version is not described unless AWS describes it', () => {
    const pinned = webAcl({ Rules: [managed('None', { Version: name })] })
    const [acl] = new WafState(inventoryOf([pinned, coreGroup()])).acls
    expect(acl?.judged).toMatchObject({ mode: null, rules: [{ effect: 'unknown' }] })
  })
})
