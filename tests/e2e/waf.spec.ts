import { expect, sendReport, speak, test } from './console-fixtures'
import { endWaitForReports } from './database'

const account = '770000000041'
const region = 'ap-northeast-1'

test.describe.configure({ mode: 'serial' })

const balancer = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/storefront/1`
const acl = `arn:aws:wafv2:${region}:${account}:regional/webacl/storefront-acl/1`
const visible = (MetricName: string) => ({ MetricName, CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true })

interface Found {
  type: string
  arn: string
  name: string
  data: object
}

/** A report as a collector writes it. */
function reportOf(collector: string, resources: readonly Found[], places: readonly string[] = [region]): string {
  const observedAt = '2026-11-20T01:02:03.000Z'
  const lines = [
    { collection: 1, account, collector, startedAt: observedAt, whole: true },
    ...resources.map(one => ({ inventory: 1, account, region, ...one, observedAt })),
    ...places.map(place => ({
      coverage: 1,
      account,
      region: place,
      collector,
      state: 'ok',
      complete: true,
      records: place === region ? resources.length : 0,
    })),
  ]
  return lines.map(line => `${JSON.stringify(line)}\n`).join('')
}

const Rules = [
  {
    Name: 'common',
    Priority: 0,
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
    OverrideAction: { Count: {} },
    VisibilityConfig: visible('common'),
  },
]
const days = Array.from({ length: 30 }, (_, n) => new Date(Date.UTC(2026, 9, 21 + n)).toISOString().slice(0, 10))
const sums = { allowed: days.map(() => 0), counted: days.map((_, n) => n), blocked: days.map(() => 0) }

test('an entrance appears on its rung, with the step to the next one and its rules', async ({ console: page }) => {
  test.setTimeout(240_000)
  await page.goto('/waf')
  await speak(page, 'English')
  const data = { Type: 'application', Scheme: 'internet-facing', DNSName: 'storefront.example', SecurityGroups: [] }
  await sendReport(
    page,
    'entrances.ndjson',
    reportOf('entrances', [
      { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', arn: balancer, name: 'storefront', data },
    ]),
  )
  await sendReport(
    page,
    'metrics.ndjson',
    reportOf('metrics', [
      {
        type: 'AWS::WAFv2::WebACLMetrics',
        arn: `${acl}#metrics`,
        name: 'storefront-acl',
        data: { webAcl: acl, days, rules: { ALL: { ...sums, allowed: days.map(() => 90) }, common: sums } },
      },
    ]),
  )
  await sendReport(page, 'waf-global.ndjson', reportOf('waf-global', [], ['global']))
  await sendReport(
    page,
    'waf.ndjson',
    reportOf('waf', [
      {
        type: 'AWS::WAFv2::WebACL',
        arn: acl,
        name: 'storefront-acl',
        data: {
          DefaultAction: { Allow: {} },
          Rules,
          VisibilityConfig: visible('storefront-acl'),
          resources: [balancer],
        },
      },
    ]),
  )
  const list = page.getByRole('table', { name: 'Public endpoints', exact: true })
  await expect(async () => {
    await endWaitForReports()
    await page.goto(`/waf?account=${account}`)
    await expect(list.getByRole('link', { name: 'storefront', exact: true })).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 180_000, intervals: [500] })
  const row = list.getByRole('row').nth(1)
  await expect(row).toContainText('Counting only')
  await expect(row).toContainText('2,700')
  await expect(row).toContainText(
    'change the override of the rule common (AWS/AWSManagedRulesCommonRuleSet) from Count to None',
  )
  const ladder = page.getByRole('table', { name: 'Public endpoints by protection and environment' })
  await expect(ladder.getByRole('row', { name: /^Counting only 1/ })).toBeVisible()

  await list.getByRole('link', { name: 'storefront', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'storefront' })).toBeVisible()
  const totals = page.getByRole('region', { name: 'Requests in the last 30 days' })
  await expect(totals).toContainText('2,700')
  const findings = page.getByRole('table', { name: 'Open findings of the endpoint and its web ACL' })
  await expect(findings.getByRole('row', { name: /storefront-acl/ }).first()).toBeVisible()
  const rules = page.getByRole('table', { name: 'Rules of the web ACL' })
  await expect(rules.getByRole('row').nth(1)).toContainText('Only counts')
  await expect(page.getByRole('figure', { name: 'Counted requests per day, by rule' })).toBeVisible()
  await expect(page.getByText('Nothing was blocked in the last 30 days.')).toBeVisible()
})

test('the list is filtered by what the ladder counts', async ({ console: page }) => {
  await page.goto(`/waf?account=${account}`)
  await speak(page, 'English')
  const ladder = page.getByRole('table', { name: 'Public endpoints by protection and environment' })
  await ladder
    .getByRole('row', { name: /^Counting only/ })
    .getByRole('link')
    .first()
    .click()
  await expect(page).toHaveURL(/rung=counting/)
  await expect(page.getByRole('link', { name: 'Remove the filter “Protection: Counting only”' })).toBeVisible()
  await page.goto(`/waf?account=${account}&rung=operated`)
  await expect(page.getByText('No public endpoint matches these filters')).toBeVisible()
})
