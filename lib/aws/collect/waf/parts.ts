import 'server-only'
import type { LogScope, Scope } from '@aws-sdk/client-wafv2'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { WrittenType } from '../../../domain/collection/resources/written-types'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import { type NestedPage, pagesOfEach } from '../nested'
import { pagesOf } from '../paging'
import { ordered, plainObject } from '../plain'
import { GONE, markerOf, placeOf, tagsOfWaf } from './web-acls'

const PAGE = 100

/** Rule groups of the account with all rules. */
export async function* ruleGroups(calls: CellCalls, scope: Scope, from: string | null): AsyncGenerator<NestedPage> {
  const input = { Scope: scope, Limit: PAGE }
  const paging = { at: (NextMarker: string) => ({ ...input, NextMarker }), next: markerOf }
  for await (const { answer, next } of pagesOf(calls, 'wafv2:ListRuleGroups', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { Name, Id, ARN: arn = '' } of answer.RuleGroups ?? []) {
      const found = await orNull(calls.call('wafv2:GetRuleGroup', { Name, Id, Scope: scope }), GONE)
      const tags = await tagsOfWaf(calls, arn)
      if (!found?.RuleGroup || !tags) continue
      const Rules = ordered(found.RuleGroup.Rules, ({ Priority = 0 }) => Priority)
      const data = plainObject({ ...found.RuleGroup, Rules, scope, tags })
      records.push(recordOf(calls, scope, { type: 'AWS::WAFv2::RuleGroup', arn, name: Name ?? '', data }))
    }
    yield { records, next }
  }
}

/** IP sets with their addresses, in the order of the alphabet, because AWS WAF has none. */
export async function* ipSets(calls: CellCalls, scope: Scope, from: string | null): AsyncGenerator<NestedPage> {
  const input = { Scope: scope, Limit: PAGE }
  const paging = { at: (NextMarker: string) => ({ ...input, NextMarker }), next: markerOf }
  for await (const { answer, next } of pagesOf(calls, 'wafv2:ListIPSets', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { Name, Id, ARN: arn = '' } of answer.IPSets ?? []) {
      const found = await orNull(calls.call('wafv2:GetIPSet', { Name, Id, Scope: scope }), GONE)
      const tags = await tagsOfWaf(calls, arn)
      if (!found?.IPSet || !tags) continue
      const Addresses = (found.IPSet.Addresses ?? []).toSorted()
      const data = plainObject({ ...found.IPSet, Addresses, scope, tags })
      records.push(recordOf(calls, scope, { type: 'AWS::WAFv2::IPSet', arn, name: Name ?? '', data }))
    }
    yield { records, next }
  }
}

/**
 * The origins of logging configurations: people, Security Lake, or a rule of CloudWatch. Each has a list of its own.
 */
const LOG_SCOPES: readonly LogScope[] = ['CLOUDWATCH_TELEMETRY_RULE_MANAGED', 'CUSTOMER', 'SECURITY_LAKE']

/** Where web ACLs write their logs. */
export async function* logging(calls: CellCalls, scope: Scope, from: string | null): AsyncGenerator<NestedPage> {
  const place = from === null ? null : JSON.parse(from)
  for await (const { records, next } of pagesOfEach(LOG_SCOPES, place, (name, token) =>
    loggingOf(calls, scope, name, token),
  )) {
    yield { records, next: next === null ? null : JSON.stringify(next) }
  }
}

async function* loggingOf(
  calls: CellCalls,
  scope: Scope,
  logScope: string,
  from: string | null,
): AsyncGenerator<NestedPage> {
  const LogScope = LOG_SCOPES.find(one => one === logScope)
  const input = { Scope: scope, LogScope, Limit: PAGE }
  const paging = { at: (NextMarker: string) => ({ ...input, NextMarker }), next: markerOf }
  for await (const { answer, next } of pagesOf(calls, 'wafv2:ListLoggingConfigurations', input, paging, from)) {
    const records = (answer.LoggingConfigurations ?? []).map(configuration => {
      const acl = configuration.ResourceArn ?? ''
      const data = plainObject({ ...configuration, LogScope, scope })
      // It has no ARN; a web ACL can have one of each kind.
      const arn = `${acl}#${LogScope}`
      return recordOf(calls, scope, { type: 'AWS::WAFv2::LoggingConfiguration', arn, name: nameIn(acl), data })
    })
    yield { records, next }
  }
}

function recordOf(
  calls: CellCalls,
  scope: Scope,
  resource: { type: WrittenType; arn: string; name: string; data: Record<string, unknown> },
): InventoryLine {
  return inventoryOf(calls, { ...resource, ...placeOf(calls, scope) })
}

/** The name in `arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/NAME/ID`. */
function nameIn(arn: string): string {
  return arn.split('/').at(-2) ?? arn
}
