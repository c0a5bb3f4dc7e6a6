import { expect, test } from 'vitest'
import { waf } from '../../../../lib/aws/collect/waf/waf'
import { type Answers, fakeCalls, pagesOf, refused } from '../../../support/aws/fake-calls'

const VisibilityConfig = { MetricName: 'm', SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }

/** Two pages of web ACLs, of which each uses another managed rule group. */
const answers: Answers = {
  'wafv2:ListWebACLs': ({ NextMarker }) =>
    NextMarker ? { WebACLs: [{ Name: 'b', Id: 'b' }] } : { WebACLs: [{ Name: 'a', Id: 'a' }], NextMarker: 'next' },
  'wafv2:GetWebACL': ({ Id }) => {
    const Statement = { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: `group-${Id}` } }
    const Rules = [{ Name: 'managed', Priority: 0, Statement, VisibilityConfig }]
    return { WebACL: { Name: Id, Id, ARN: `arn:${Id}`, DefaultAction: { Allow: {} }, Rules, VisibilityConfig } }
  },
  'wafv2:ListTagsForResource': () => ({}),
  'wafv2:ListResourcesForWebACL': ({ ResourceType }) => {
    if (ResourceType !== 'AGENTCORE_GATEWAY') return { ResourceArns: [] }
    throw refused('wafv2:ListResourcesForWebACL', 'WAFInvalidParameterException')
  },
  'wafv2:ListAvailableManagedRuleGroupVersions': () => ({ Versions: [] }),
  'wafv2:DescribeManagedRuleGroup': () => ({ Capacity: 1, Rules: [] }),
  'wafv2:ListRuleGroups': () => ({}),
  'wafv2:ListIPSets': () => ({}),
  'wafv2:ListLoggingConfigurations': () => ({}),
}

const namesIn = (pages: readonly { records: readonly object[] }[]) =>
  pages.flatMap(({ records }) => records).map(record => ('name' in record ? record.name : ''))

test('the managed rule groups of a page are known after it, whoever goes on', async () => {
  const pages = await pagesOf(waf, fakeCalls(answers))
  expect(namesIn(pages)).toEqual(['a', 'b', 'AWS/group-a', 'AWS/group-b'])
  const rest = await pagesOf(waf, fakeCalls(answers), pages[0]?.next ?? null)
  expect(namesIn(rest)).toEqual(['b', 'AWS/group-a', 'AWS/group-b'])
})
