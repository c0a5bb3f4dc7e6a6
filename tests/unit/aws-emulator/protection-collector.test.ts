import { CreateProtectionCommand, ShieldClient } from '@aws-sdk/client-shield'
import { expect } from 'vitest'
import type { Page } from '../../../lib/aws/collect/collector'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const region = 'us-east-1'
/** One more than a page. */
const POLICIES = 101
const SUBSCRIPTION = 'AWS::Shield::Subscription'

stopAtEnd()

function recordsIn(pages: readonly Page[]) {
  return pages.flatMap(({ records }) => records).map(record => InventoryLine.parse(record))
}

/** What is stored of records: all but the time at which they were read. */
function lines(pages: readonly Page[]): string[] {
  return recordsIn(pages).map(({ observedAt: _, ...one }) => JSON.stringify(one))
}

async function fill(emulator: Emulator, count = 1): Promise<void> {
  emulator.store.set('shield.subscription', { account }, 'ACTIVE')
  emulator.store.set('fms.administrator', { account }, account)
  const ResourceArn = `arn:aws:elasticloadbalancing:us-east-1:${account}:loadbalancer/app/shop/1`
  const client = new ShieldClient(setUpIn(emulator, account, region))
  await client.send(new CreateProtectionCommand({ Name: 'shop', ResourceArn }))
  const policies = Array.from({ length: count }, (_, n) => ({
    PolicyId: `policy-${n}`,
    PolicyArn: `arn:aws:fms:us-east-1:${account}:policy/policy-${n}`,
    PolicyName: `policy ${n}`,
    ResourceType: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    SecurityServiceType: 'WAFV2' as const,
    RemediationEnabled: true,
  }))
  emulator.store.put('fms.policy', { account, region }, ...policies)
}

test('reads policies, protections and the subscription, and goes on after each page', { timeout: START_MS }, async ({
  emulator,
}) => {
  await fill(emulator, POLICIES)
  const pages = await collectedPages(emulator, 'protection', { region })
  expect(pages.map(({ records }) => records.length)).toEqual([100, 1, 1, 1])
  const records = recordsIn(pages)
  expect(new Set(records.map(record => record.region))).toEqual(new Set(['global']))
  expect(records[0]?.data).toMatchObject({ SecurityServicePolicyData: { Type: 'WAFV2' }, RemediationEnabled: true })
  expect(records.slice(-2)).toMatchObject([
    { type: 'AWS::Shield::Protection', name: 'shop' },
    { type: SUBSCRIPTION, data: { state: 'ACTIVE' } },
  ])
  expect(lines(await collectedPages(emulator, 'protection', { region }))).toEqual(lines(pages))
  for (const [n, { next }] of pages.slice(0, -1).entries()) {
    const left = await collectedPages(emulator, 'protection', { region, from: next })
    expect(lines(left)).toEqual(lines(pages.slice(n + 1)))
  }
  expect(emulator.unanswered).toEqual([])
})

test('without subscription and administrator there is only that', { timeout: START_MS }, async ({ emulator }) => {
  emulator.store.set('shield.subscription', { account }, 'INACTIVE')
  const pages = await collectedPages(emulator, 'protection', { region })
  expect(recordsIn(pages)).toMatchObject([{ type: SUBSCRIPTION, data: { state: 'INACTIVE' } }])
})

test.for(['shield:GetSubscriptionState', 'shield:ListProtections', 'fms:ListPolicies', 'fms:GetPolicy'])(
  'without %s is denied',
  { timeout: START_MS },
  async (action, { emulator }) => {
    await fill(emulator)
    emulator.deny({ action })
    await expect(collectedPages(emulator, 'protection', { region })).rejects.toMatchObject({ state: 'denied', action })
  },
)
