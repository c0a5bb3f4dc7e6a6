import type { EntranceKind } from '../../waf/entrances/kinds'
import { distributionsBefore, type JudgedEntrance } from '../../waf/ladder'
import { vendorsInRules } from '../../waf/rules/vendor-headers'
import { type CheckDefinition, type CheckResult, ownControl } from '../check'
import { aclsIn, entrancesIn, judged } from './inventory'

/** Controls of Security Hub that ask whether there is a web ACL; other kinds have one of Hinomi's own. */
const controls: Readonly<Partial<Record<EntranceKind, string>>> = {
  alb: 'ELB.16',
  rest_api: 'APIGateway.4',
  cloudfront: 'CloudFront.6',
}
const MISSING = ownControl('waf-missing')

/** Types as finding sources write them: https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html */
const types: Readonly<Partial<Record<EntranceKind, string>>> = {
  alb: 'AwsElbv2LoadBalancer',
  nlb: 'AwsElbv2LoadBalancer',
  cloudfront: 'AwsCloudFrontDistribution',
  rest_api: 'AwsApiGatewayStage',
  http_api: 'AwsApiGatewayV2Stage',
  websocket_api: 'AwsApiGatewayV2Stage',
  graphql_api: 'AwsAppSyncGraphQLApi',
  ec2: 'AwsEc2Instance',
}

function resourceOf({ kind, resource }: JudgedEntrance) {
  return { id: resource.arn, type: types[kind] ?? resource.type }
}

/**
 * Whether an entrance has no WAF at all. Nothing is said where it cannot be told, and where only CloudFront or the
 * network of another vendor can reach the entrance: what stands before it protects it.
 */
function missing(entrance: JudgedEntrance): CheckResult[] {
  const { rung, behind, kind, resource } = entrance
  if (rung === null || rung === 'other_vendor' || behind !== null) return []
  const control = controls[kind] ?? MISSING
  const evidence = [{ name: 'wafEntrance', value: entrance.address || resource.name }]
  return [
    {
      control,
      resource: resourceOf(entrance),
      result: rung === 'none' ? 'failed' : 'passed',
      evidence: rung === 'none' ? evidence : [],
    },
  ]
}

export const entranceChecks: readonly CheckDefinition[] = [
  {
    id: 'waf-missing',
    controls: [MISSING, 'ELB.16', 'APIGateway.4'],
    severity: 'high',
    needs: ['entrances', 'waf', 'waf-global'],
    regional: true,
    *run(inventory, region) {
      for (const entrance of entrancesIn(inventory, region)) yield* missing(entrance)
    },
  },
  {
    id: 'waf-missing-cloudfront',
    controls: ['CloudFront.6'],
    severity: 'high',
    needs: ['cloudfront', 'waf-global'],
    regional: false,
    *run(inventory) {
      for (const entrance of entrancesIn(inventory, 'global')) yield* missing(entrance)
    },
  },
  {
    id: 'waf-bypass',
    controls: [ownControl('waf-bypass')],
    severity: 'high',
    needs: ['entrances', 'cloudfront', 'ec2', 'waf'],
    regional: true,
    // A distribution with a web ACL protects nothing if its origin can be reached without it.
    *run(inventory, region) {
      const { entrances } = judged(inventory)
      for (const entrance of entrancesIn(inventory, region)) {
        if (entrance.kind !== 'alb' && entrance.kind !== 'nlb') continue
        const [before] = distributionsBefore(entrance.address, entrances)
        if (!before?.acl) continue
        const isOpen = entrance.behind === null && entrance.acl === null
        const evidence = [{ name: 'wafDistribution', value: before.address || before.resource.name }]
        yield { resource: resourceOf(entrance), result: isOpen ? 'failed' : 'passed', evidence: isOpen ? evidence : [] }
      }
    },
  },
  {
    id: 'waf-other-vendor',
    controls: [ownControl('waf-other-vendor')],
    severity: 'informational',
    needs: ['entrances', 'ec2', 'waf', 'waf-global'],
    regional: true,
    *run(inventory, region) {
      for (const entrance of entrancesIn(inventory, region)) {
        if (entrance.behind?.by !== 'vendor') continue
        const evidence = [{ name: 'wafVendor', value: entrance.behind.vendor }]
        yield { resource: resourceOf(entrance), result: 'failed', evidence }
      }
      for (const { acl, judged: own, resource } of aclsIn(inventory, region)) {
        const vendors = acl.resources.length > 0 ? vendorsInRules(own.rules) : []
        if (vendors.length === 0) continue
        const evidence = vendors.map(value => ({ name: 'wafVendorHeader', value }))
        yield { resource: { id: resource.arn, type: 'AwsWafv2WebAcl' }, result: 'failed', evidence }
      }
    },
  },
  {
    id: 'waf-classic',
    controls: [ownControl('waf-classic')],
    severity: 'high',
    needs: ['waf-global'],
    regional: false,
    *run({ resources }) {
      for (const { arn, name } of resources('AWS::WAF::WebACL')) {
        yield {
          resource: { id: arn, type: 'AwsWafWebAcl' },
          result: 'failed',
          evidence: [{ name: 'wafAcl', value: name }],
        }
      }
    },
  },
]
