import { describe, expect, test } from 'vitest'
import { supersedes } from '../../../lib/domain/findings/judge'
import { findingIdOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, outcomeOf, read, rejectOf } from './support'

const account = '012345678901'
const arn = `arn:aws:trustedadvisor::${account}:recommendation/r-1`

function recommendation(change: Record<string, unknown> = {}) {
  return {
    arn,
    id: 'r-1',
    name: 'Underutilized Amazon EBS Volumes',
    checkArn: 'arn:aws:trustedadvisor:::check/DAvU99Dc4C',
    source: 'ta_check',
    status: 'warning',
    pillars: ['cost_optimizing'],
    resourcesAggregates: { okCount: 2, warningCount: 3, errorCount: 0 },
    lastUpdatedAt: '2025-06-01T00:00:00Z',
    ...change,
  }
}

function resource(id: string, change: Record<string, unknown> = {}) {
  return {
    id,
    arn: `arn:aws:trustedadvisor::${account}:recommendation-resource/r-1/${id}`,
    awsResourceId: id,
    regionCode: 'ap-northeast-1',
    status: 'warning',
    recommendationArn: arn,
    lastUpdatedAt: '2025-05-31T00:00:00Z',
    ...change,
  }
}

async function outcomesIn(document: unknown): Promise<Outcome[]> {
  const { values } = await read(JSON.stringify(document))
  return values.flatMap(value => outcomesOf(value, { now, account }))
}

const ended = (outcomes: readonly Outcome[]) => outcomes.filter(outcome => outcome.summary === 'ended')

describe('a recommendation without its resources', () => {
  test('is a finding of the account with the number of affected resources', () => {
    expect(outcomeOf(recommendation())).toMatchObject({
      control: 'DAvU99Dc4C',
      result: 'failed',
      severity: 'informational',
      title: 'Underutilized Amazon EBS Volumes',
      region: 'global',
      resource: { id: `AWS::::Account:${account}`, type: 'AwsAccount' },
      description: 'Resources with a warning: 3',
      summary: 'stated',
    })
  })

  const recommendationResourceSummaries = [resource('vol-01'), resource('vol-02')]
  test.each([
    ['beside it', { recommendationSummaries: [recommendation()], recommendationResourceSummaries }],
    ['after it', [{ recommendationSummaries: [recommendation()] }, { recommendationResourceSummaries }]],
    ['alone, without the name of the check', { recommendationResourceSummaries }],
  ])('is ended by its resources %s', async (_name, document) => {
    const before = outcomeOf(recommendation())
    const after = ended(await outcomesIn(document))
    expect(after).not.toHaveLength(0)
    for (const outcome of after) {
      expect(sightingIdOf(outcome)).toBe(sightingIdOf(before))
      expect(outcome.result).toBe('passed')
      // The same summary, sent again, is the older statement.
      expect(supersedes(before, outcome)).toBe(false)
      expect(supersedes(outcome, before)).toBe(true)
    }
  })

  test('is not ended by resources that are in order', async () => {
    const fine = [resource('vol-01', { status: 'ok' })]
    const outcomes = await outcomesIn({
      recommendationSummaries: [recommendation()],
      recommendationResourceSummaries: fine,
    })
    expect(ended(outcomes)).toEqual([])
    expect(outcomes.filter(outcome => outcome.summary === 'stated')).toHaveLength(1)
  })

  test('is resolved once no resource is affected', () => {
    const clean = outcomeOf(recommendation({ status: 'ok', resourcesAggregates: { okCount: 5 } }))
    expect(clean.result).toBe('passed')
    expect(sightingIdOf(clean)).toBe(sightingIdOf(outcomeOf(recommendation())))
  })
})

describe('the summary of a check', () => {
  const timestamp = '2025-06-01T00:00:00Z'
  const summary = { checkId: 'Pfx0RwqBli', timestamp, status: 'error', hasFlaggedResources: true, resourcesSummary: {} }
  const flagged = { status: 'error', region: 'ap-northeast-1', resourceId: 'x', metadata: null }

  test('is a statement about the account that the result of the check ends', async () => {
    const [before] = await outcomesIn({ summaries: [summary] })
    const [after] = ended(
      await outcomesIn({ result: { checkId: 'Pfx0RwqBli', timestamp, status: 'error', flaggedResources: [flagged] } }),
    )
    if (!before || !after) throw new Error('something is missing')
    expect(before).toMatchObject({ result: 'failed', resource: { id: `AWS::::Account:${account}` } })
    expect(sightingIdOf(after)).toBe(sightingIdOf(before))
    expect(supersedes(before, after)).toBe(false)
  })

  test('is one finding with the recommendation about the same check', async () => {
    const [one] = await outcomesIn({ summaries: [summary] })
    const other = outcomeOf(recommendation({ checkArn: 'arn:aws:trustedadvisor:::check/Pfx0RwqBli' }))
    expect(one && findingIdOf(one)).toBe(findingIdOf(other))
  })

  test('is not ended by an event, which is about one resource', () => {
    const event = {
      'detail-type': 'Trusted Advisor Check Item Refresh Notification',
      account,
      time: '2025-06-01T00:00:00Z',
      detail: { 'check-name': 'Amazon S3 Bucket Permissions', status: 'ERROR', resource_id: 'x', uuid: 'u' },
    }
    expect(outcomesOf(event, { now })).toHaveLength(1)
  })
})

describe('recommendations of an organization', () => {
  const organizationArn = 'arn:aws:trustedadvisor:::organization-recommendation/o-1'
  const summary = recommendation({ arn: organizationArn, id: 'o-1' })
  const of = (change: Record<string, unknown> = {}) =>
    resource('vol-01', {
      recommendationArn: organizationArn,
      arn: 'arn:aws:trustedadvisor:::organization-recommendation-resource/o-1/vol-01',
      ...change,
    })

  test.each([
    ['that its account is named for', { accountId: '111111111111' }, '111111111111'],
    [
      'whose own ARN names the account',
      { arn: 'arn:aws:trustedadvisor::222222222222:recommendation-resource/o-1/a' },
      '222222222222',
    ],
    ['that is an ARN', { awsResourceId: 'arn:aws:ec2:ap-northeast-1:333333333333:volume/vol-01' }, '333333333333'],
  ])('are read by the resource %s', async (_name, change, accountId) => {
    const { values } = await read(JSON.stringify({ organizationRecommendationResourceSummaries: [of(change)] }))
    expect(values.map(value => outcomeOf(value))).toMatchObject([
      { accountId, control: 'recommendation/o-1', result: 'failed', region: 'ap-northeast-1' },
    ])
  })

  test('provide the check of their resources in the same document', async () => {
    const { values } = await read(
      JSON.stringify({
        organizationRecommendationSummaries: [summary],
        organizationRecommendationResourceSummaries: [of({ accountId: '111111111111' })],
      }),
    )
    expect(values.map(value => outcomeOf(value))).toMatchObject([
      { accountId: '111111111111', control: 'DAvU99Dc4C', title: 'Underutilized Amazon EBS Volumes' },
    ])
  })

  test.each([
    [
      'ListOrganizationRecommendations',
      { organizationRecommendationSummaries: [summary] },
      'ListOrganizationRecommendationResources',
    ],
    [
      'GetOrganizationRecommendation',
      { organizationRecommendation: summary },
      'ListOrganizationRecommendationResources',
    ],
    [
      'ListOrganizationRecommendationAccounts',
      { accountRecommendationLifecycleSummaries: [{ accountId: account, accountRecommendationArn: arn }] },
      'ListRecommendations',
    ],
  ])('are refused without resources, in the form of %s', async (_name, document, of) => {
    const { values } = await read(JSON.stringify(document))
    expect(values.map(value => rejectOf(value))).toMatchObject([{ code: 'echo', params: { of } }])
  })

  test('are refused if there is no account', () => {
    expect(rejectOf(of())).toMatchObject({ code: 'no_account' })
  })
})
