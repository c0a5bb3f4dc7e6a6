import { CreateIPSetCommand, CreateRuleGroupCommand, CreateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2'
import { describe, expect } from 'vitest'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { createEntrances } from '../../support/aws/organisation/entrances'
import { REGION } from '../../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const visibility = { MetricName: 'm', SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }

stopAtEnd()

const cases = [
  { id: 'waf', scope: 'REGIONAL', region: REGION, at: REGION, rest: [] },
  { id: 'waf-global', scope: 'CLOUDFRONT', region: 'us-east-1', at: 'global', rest: ['AWS::WAF::WebACL'] },
] as const
type Case = (typeof cases)[number]

/** A web ACL that uses a managed rule group in a pinned version, one that has expired, and a rule that looks for a text. */
async function fill(emulator: Emulator, { scope: Scope, region }: Case): Promise<void> {
  const client = new WAFV2Client(setUpIn(emulator, account, region))
  const managed = (Name: string, Priority: number, Version?: string) => ({
    Name,
    Priority,
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name, Version } },
    OverrideAction: { None: {} },
    VisibilityConfig: visibility,
  })
  const text = {
    Name: 'text',
    Priority: 0,
    Action: { Block: {} },
    Statement: {
      ByteMatchStatement: {
        SearchString: Buffer.from('/admin'),
        FieldToMatch: { UriPath: {} },
        TextTransformations: [{ Priority: 0, Type: 'NONE' as const }],
        PositionalConstraint: 'STARTS_WITH' as const,
      },
    },
    VisibilityConfig: visibility,
  }
  await client.send(
    new CreateWebACLCommand({
      Name: 'site',
      Scope,
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility,
      Rules: [
        managed('AWSManagedRulesSQLiRuleSet', 2, 'Version_0.1'),
        managed('AWSManagedRulesCommonRuleSet', 1, 'Version_1.1'),
        text,
      ],
      Tags: [{ Key: 'waf-phase', Value: 'tuning' }],
    }),
  )
  const group = { Name: 'own', Scope, Capacity: 10, VisibilityConfig: visibility, Rules: [text] }
  await client.send(new CreateRuleGroupCommand(group))
  const Addresses = ['203.0.113.0/24', '198.51.100.0/24']
  await client.send(new CreateIPSetCommand({ Name: 'denied', Scope, IPAddressVersion: 'IPV4', Addresses }))
  emulator.store.put('waf.web-acl', { account }, { WebACLId: 'classic', Name: 'old' })
}

async function recordsOf(emulator: Emulator, { id, region }: Pick<Case, 'id' | 'region'>): Promise<InventoryLine[]> {
  const pages = await collectedPages(emulator, id, { region })
  return pages.flatMap(({ records }) => records).map(record => InventoryLine.parse(record))
}

/** What is stored of records: all but the time at which they were read. */
const lines = (records: readonly InventoryLine[]) => records.map(({ observedAt: _, ...one }) => JSON.stringify(one))

describe.each(cases)('$id', each => {
  const { id, region, at, rest } = each

  test('reads everything, goes on after each page, and reads the same again', { timeout: START_MS }, async ({
    emulator,
  }) => {
    await fill(emulator, each)
    const records = await recordsOf(emulator, each)
    const expected = ['WebACL', 'ManagedRuleGroup', 'ManagedRuleGroup', 'RuleGroup', 'IPSet'].map(
      one => `AWS::WAFv2::${one}`,
    )
    expect(records.map(({ type }) => type)).toEqual([...expected, ...rest])
    expect(new Set(records.map(record => `${record.account} ${record.region}`))).toEqual(new Set([`${account} ${at}`]))
    expect(records[0]?.data).toMatchObject({
      Rules: [
        { Name: 'text', Statement: { ByteMatchStatement: { SearchString: '/admin' } } },
        { Name: 'AWSManagedRulesCommonRuleSet' },
        { Name: 'AWSManagedRulesSQLiRuleSet' },
      ],
      resources: [],
      tags: { 'waf-phase': 'tuning' },
    })
    expect(records[1]).toMatchObject({
      name: 'AWS/AWSManagedRulesCommonRuleSet',
      data: { currentDefaultVersion: 'Version_1.2', used: { 'Version_1.1': { Capacity: 700 } } },
    })
    // A version that AWS WAF does not describe is not taken for one without rules.
    expect(records[2]?.data).toMatchObject({ used: { 'Version_0.1': null } })
    expect(records[4]?.data.Addresses).toEqual(['198.51.100.0/24', '203.0.113.0/24'])
    expect(lines(await recordsOf(emulator, each))).toEqual(lines(records))

    const pages = await collectedPages(emulator, id, { region })
    expect(pages.at(-1)?.next).toBeNull()
    for (const [n, { next }] of pages.slice(0, -1).entries()) {
      const left = await collectedPages(emulator, id, { region, from: next })
      const all = (some: typeof pages) => lines(some.flatMap(page => page.records).map(one => InventoryLine.parse(one)))
      expect(all(left)).toEqual(all(pages.slice(n + 1)))
    }
    expect(emulator.unanswered).toEqual([])
  })

  test('of an account without web ACLs gives nothing', { timeout: START_MS }, async ({ emulator }) => {
    expect(await recordsOf(emulator, each)).toEqual([])
  })

  test.for([
    'wafv2:ListWebACLs',
    'wafv2:GetWebACL',
    'wafv2:ListResourcesForWebACL',
    'wafv2:DescribeManagedRuleGroup',
    'wafv2:GetRuleGroup',
    'wafv2:GetIPSet',
    'wafv2:ListLoggingConfigurations',
    'wafv2:ListTagsForResource',
  ])('without %s is denied', { timeout: START_MS }, async (action, { emulator }) => {
    await fill(emulator, each)
    emulator.deny({ action })
    await expect(recordsOf(emulator, each)).rejects.toMatchObject({ state: 'denied', action })
  })
})

test('without waf:ListWebACLs is denied', { timeout: START_MS }, async ({ emulator }) => {
  emulator.deny({ action: 'waf:ListWebACLs' })
  const reading = recordsOf(emulator, { id: 'waf-global', region: 'us-east-1' })
  await expect(reading).rejects.toMatchObject({ state: 'denied', action: 'waf:ListWebACLs' })
})

test('a web ACL names what it protects, and where it writes logs', { timeout: START_MS }, async ({ emulator }) => {
  await createEntrances(emulator, account)
  const records = await recordsOf(emulator, { id: 'waf', region: REGION })
  const acl = records.find(({ type }) => type === 'AWS::WAFv2::WebACL')
  expect(acl?.data.resources).toEqual([expect.stringContaining('loadbalancer/app/shop')])
  const logging = records.filter(({ type }) => type === 'AWS::WAFv2::LoggingConfiguration')
  expect(logging).toMatchObject([{ name: 'shop', arn: `${acl?.arn}#CUSTOMER`, data: { LogScope: 'CUSTOMER' } }])
})
