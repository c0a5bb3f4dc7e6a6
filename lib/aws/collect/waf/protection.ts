import 'server-only'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector } from '../collector'
import { accountArn, inventoryOf, orNull } from '../inventory'
import { type NestedPage, type Parts, pagesOfParts } from '../nested'
import { pagesOf } from '../paging'
import { plainObject } from '../plain'

const PAGE = 100

type Protections = OutputOf<'shield:ListProtections'>
type Policies = OutputOf<'fms:ListPolicies'>

const parts: Parts = {
  policies,
  protections,
  subscription,
}

/** The subscription to AWS Shield Advanced with its protections, and the policies of Firewall Manager. */
export const protection: Collector = { id: 'protection', collect: (calls, from) => pagesOfParts(calls, from, parts) }

async function* subscription(calls: CellCalls): AsyncGenerator<NestedPage> {
  const data = { state: await subscriptionState(calls) }
  const resource = { type: 'AWS::Shield::Subscription' as const, arn: accountArn(calls), name: calls.account, data }
  yield { records: [inventoryOf(calls, resource)], next: null }
}

async function subscriptionState(calls: CellCalls): Promise<string> {
  return (await calls.call('shield:GetSubscriptionState', {})).SubscriptionState ?? 'INACTIVE'
}

/** Without a subscription there are none, and AWS refuses to list them. */
async function* protections(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  if ((await subscriptionState(calls)) !== 'ACTIVE') return yield { records: [], next: null }
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: Protections) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'shield:ListProtections', input, paging, from)) {
    const records = (answer.Protections ?? []).map(one => {
      const arn = one.ProtectionArn ?? one.Id ?? ''
      return inventoryOf(calls, { type: 'AWS::Shield::Protection', arn, name: one.Name ?? '', data: plainObject(one) })
    })
    yield { records, next }
  }
}

/** Only the administrator of Firewall Manager has policies. */
async function* policies(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = { at: (NextToken: string) => ({ ...input, NextToken }), next: ({ NextToken }: Policies) => NextToken }
  try {
    for await (const { answer, next } of pagesOf(calls, 'fms:ListPolicies', input, paging, from)) {
      const records: object[] = []
      for (const { PolicyId } of answer.PolicyList ?? []) {
        const found = await orNull(calls.call('fms:GetPolicy', { PolicyId }), 'ResourceNotFoundException')
        if (found?.Policy) records.push(policyOf(calls, found))
      }
      yield { records, next }
    }
  } catch (error) {
    if (!(error instanceof AwsFailure) || !NO_ADMINISTRATOR.has(error.reason)) throw error
    yield { records: [], next: null }
  }
}

const NO_ADMINISTRATOR: ReadonlySet<string> = new Set(['service_disabled', 'not_administrator'])

function policyOf(calls: CellCalls, { Policy, PolicyArn }: OutputOf<'fms:GetPolicy'>) {
  // The token changes with each update and says nothing.
  const { PolicyUpdateToken: _, ...policy } = Policy ?? {}
  const arn = PolicyArn ?? Policy?.PolicyId ?? ''
  const data = plainObject(policy)
  return inventoryOf(calls, { type: 'AWS::FMS::Policy', arn, name: Policy?.PolicyName ?? '', data })
}
