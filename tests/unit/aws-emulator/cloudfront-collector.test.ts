import { CloudFrontClient, CreateDistributionWithTagsCommand } from '@aws-sdk/client-cloudfront'
import { describe, expect } from 'vitest'
import type { Page } from '../../../lib/aws/collect/collector'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const region = 'us-east-1'

stopAtEnd()

/** What is stored of records: all but the time at which they were read. */
function lines(pages: readonly Page[]): string[] {
  return pages
    .flatMap(({ records }) => records)
    .map(record => {
      const { observedAt: _, ...one } = InventoryLine.parse(record)
      return JSON.stringify(one)
    })
}

async function createDistribution(emulator: Emulator, name: string): Promise<void> {
  const client = new CloudFrontClient(setUpIn(emulator, account, region))
  const CustomHeaders = { Quantity: 1, Items: [{ HeaderName: 'X-Origin', HeaderValue: 'a-secret' }] }
  const origin = {
    Id: 'load-balancer',
    DomainName: `${name}.example.com`,
    CustomHeaders,
    CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' as const },
  }
  const DistributionConfig = {
    CallerReference: name,
    Comment: name,
    Enabled: true,
    Aliases: { Quantity: 2, Items: [`www.${name}.example`, `${name}.example`] },
    Origins: { Quantity: 1, Items: [origin] },
    DefaultCacheBehavior: { TargetOriginId: origin.Id, ViewerProtocolPolicy: 'redirect-to-https' as const },
    WebACLId: `arn:aws:wafv2:us-east-1:${account}:global/webacl/${name}/1`,
  }
  const Tags = { Items: [{ Key: 'team', Value: 'shop' }] }
  await client.send(new CreateDistributionWithTagsCommand({ DistributionConfigWithTags: { DistributionConfig, Tags } }))
}

describe('cloudfront', () => {
  test('reads distributions without the secrets of their headers', { timeout: START_MS }, async ({ emulator }) => {
    await createDistribution(emulator, 'shop')
    await createDistribution(emulator, 'blog')
    const pages = await collectedPages(emulator, 'cloudfront', { region })
    const [record] = pages.flatMap(page => page.records)
    expect(lines(pages)).toHaveLength(2)
    expect(record).toMatchObject({
      type: 'AWS::CloudFront::Distribution',
      region: 'global',
      data: {
        Enabled: true,
        Aliases: ['shop.example', 'www.shop.example'],
        WebACLId: `arn:aws:wafv2:us-east-1:${account}:global/webacl/shop/1`,
        Origins: [{ Id: 'load-balancer', DomainName: 'shop.example.com', CustomHeaders: ['X-Origin'] }],
        tags: { team: 'shop' },
      },
    })
    expect(JSON.stringify(pages)).not.toContain('a-secret')
    expect(lines(await collectedPages(emulator, 'cloudfront', { region }))).toEqual(lines(pages))
    const from = pages[0]?.next ?? null
    expect(from).not.toBeNull()
    expect(lines(await collectedPages(emulator, 'cloudfront', { region, from }))).toEqual(lines(pages.slice(1)))
    expect(emulator.unanswered).toEqual([])
  })

  test('of an account without distributions gives nothing', { timeout: START_MS }, async ({ emulator }) => {
    expect(lines(await collectedPages(emulator, 'cloudfront', { region }))).toEqual([])
  })

  test.for([
    'cloudfront:ListDistributions',
    'cloudfront:GetDistributionConfig',
    'cloudfront:ListTagsForResource',
    'cloudfront:ListDistributionTenants',
  ])('without %s is denied', { timeout: START_MS }, async (action, { emulator }) => {
    await createDistribution(emulator, 'shop')
    emulator.deny({ action })
    const reading = collectedPages(emulator, 'cloudfront', { region })
    await expect(reading).rejects.toMatchObject({ state: 'denied', action })
  })
})
