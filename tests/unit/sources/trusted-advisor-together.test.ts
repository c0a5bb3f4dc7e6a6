import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, read } from './support'

const account = '012345678901'

function recommendation(id: string, change: Record<string, unknown> = {}) {
  return {
    arn: `arn:aws:trustedadvisor::${account}:recommendation/${id}`,
    id,
    name: 'Amazon S3 Bucket Permissions',
    checkArn: 'arn:aws:trustedadvisor:::check/Pfx0RwqBli',
    source: 'ta_check',
    status: 'error',
    pillars: ['security'],
    resourcesAggregates: { okCount: 0, warningCount: 0, errorCount: 2 },
    ...change,
  }
}

function resource(id: string, change: Record<string, unknown> = {}) {
  return {
    arn: `arn:aws:trustedadvisor::${account}:recommendation-resource/r-1/${id}`,
    id,
    awsResourceId: id,
    regionCode: 'ap-northeast-1',
    status: 'error',
    recommendationArn: `arn:aws:trustedadvisor::${account}:recommendation/r-1`,
    ...change,
  }
}

const described = {
  id: 'brandNew01',
  name: '新しいチェック',
  description: '<b>long</b>',
  category: 'performance',
  metadata: ['リージョン', 'バケット名', 'ステータス'],
}
const result = {
  checkId: 'brandNew01',
  status: 'warning',
  flaggedResources: [{ status: 'warning', resourceId: 'opaque', metadata: ['ap-northeast-1', 'my-bucket', 'Yellow'] }],
}

/** Outcomes without those that only end a summary. */
function listed(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(outcome => outcome.summary !== 'ended')
}

/** The contents of a document, by record: control, result and resource of each outcome, or the code of the reject. */
async function told(document: unknown): Promise<string[]> {
  const { values } = await read(typeof document === 'string' ? document : JSON.stringify(document))
  return values.flatMap(value => {
    try {
      return listed(outcomesOf(value, { now, account })).map(it => `${it.control} ${it.result} ${it.resource.id}`)
    } catch (error) {
      if (error instanceof RejectedRecord) return [error.code]
      throw error
    }
  })
}

async function* _once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const both = ['Pfx0RwqBli failed a', 'Pfx0RwqBli failed b']
const recommendationSummaries = [recommendation('r-1')]
const recommendationResourceSummaries = [resource('a'), resource('b')]

describe('recommendations and their resources', () => {
  test.each([
    ['in one object', { recommendationSummaries, recommendationResourceSummaries }],
    ['in one object, resources first', { recommendationResourceSummaries, recommendationSummaries }],
    ['of GetRecommendation', { recommendation: recommendation('r-1'), recommendationResourceSummaries }],
    ['in a body', { body: JSON.stringify({ recommendationSummaries, recommendationResourceSummaries }) }],
  ])('%s belong together, and none is lost', async (_name, document) => {
    expect(await told(document)).toEqual(both)
  })

  test('in sequence belong together too', async () => {
    const lines = [{ recommendationSummaries }, { recommendationResourceSummaries }, resource('c')]
    expect(await told(lines.map(line => JSON.stringify(line)).join('\n'))).toEqual([
      `Pfx0RwqBli failed AWS::::Account:${account}`,
      ...both,
      'Pfx0RwqBli failed c',
    ])
    expect(await told([{ recommendation: recommendation('r-1') }, { recommendationResourceSummaries }])).toEqual([
      `Pfx0RwqBli failed AWS::::Account:${account}`,
      ...both,
    ])
  })

  test('a recommendation without its resources is reported beside the resources of others', async () => {
    const root = recommendation('r-2', { checkArn: 'arn:aws:trustedadvisor:::check/7DAFEmoDos' })
    expect(
      await told({ recommendationSummaries: [recommendation('r-1'), root], recommendationResourceSummaries }),
    ).toEqual([`7DAFEmoDos failed AWS::::Account:${account}`, ...both])
  })

  test('one that cannot be read costs itself alone', async () => {
    const listed = [resource('a'), resource('x', { status: 5 }), 7, resource('b')]
    expect(await told({ recommendationSummaries, recommendationResourceSummaries: listed })).toEqual([
      'Pfx0RwqBli failed a',
      'bad_field',
      'not_an_object',
      'Pfx0RwqBli failed b',
    ])
  })

  test('a page without any is no mistake', async () => {
    expect(await told({ recommendationResourceSummaries: [], nextToken: null })).toEqual([])
    expect(await told({ recommendationSummaries: [] })).toEqual([])
  })

  test('each keeps only its own bytes, so that none shows the others', async () => {
    const text = ` {"nextToken" : "],}", "recommendationResourceSummaries" : [ "a\\"]" , ${JSON.stringify(resource('a'))},\n 12, ${JSON.stringify(resource('あ'))} ], "recommendationSummaries": [${JSON.stringify(recommendation('r-1'))}, ${JSON.stringify(recommendation('r-9'))}] }`
    const bytes = Buffer.from(text)
    const { records } = await read(bytes, [7])
    const shown = records.map(({ offset, length }) => bytes.subarray(offset, offset + length).toString('utf8'))
    expect(shown.map(part => JSON.parse(part))).toEqual([
      recommendation('r-9'),
      'a"]',
      resource('a'),
      12,
      resource('あ'),
    ])
  })
})

describe('the list of checks', () => {
  const checks = [described]
  const named = { control: 'brandNew01', title: '新しいチェック', severity: 'informational', region: 'ap-northeast-1' }

  test.each([
    ['beside a result', { checks, result }],
    ['beside results', { results: [{ result }], checks }],
    ['before a result', [{ checks }, { result }]],
    ['before a result, as its elements', [described, result]],
  ])('%s provides its name and its columns', async (_name, document) => {
    const { values } = await read(JSON.stringify(document))
    expect(listed(outcomesOf(values.at(-1), { now, account }))).toMatchObject([
      { ...named, resource: { id: 'my-bucket' }, description: 'リージョン: ap-northeast-1\nバケット名: my-bucket' },
    ])
  })

  test('is refused only if it is alone, and once', async () => {
    expect(await told({ checks: [described, { ...described, id: 'other' }] })).toEqual(['check_list'])
    expect(await told({ checks, result })).toEqual(['brandNew01 failed my-bucket'])
  })

  test('provides the names of the summaries in the same document', async () => {
    const summaries = [{ checkId: 'brandNew01', status: 'ok', hasFlaggedResources: false, resourcesSummary: {} }]
    expect(await told({ checks, summaries })).toEqual([`brandNew01 passed AWS::::Account:${account}`])
    expect(await told({ summaries: [...summaries, { nothing: 1 }] })).toEqual([
      `brandNew01 passed AWS::::Account:${account}`,
      'unknown_format',
    ])
  })

  test('of another tool is none of Trusted Advisor', async () => {
    expect(await told({ checks: [{ id: 1 }], summaries: [{ total: 3 }] })).toEqual(['unknown_format'])
  })
})

describe('estimated savings', () => {
  test('of a check are shown with their unit', () => {
    const costOptimizing = { estimatedMonthlySavings: 12.5, estimatedPercentMonthlySavings: 1 }
    const summary = {
      checkId: 'zzz',
      status: 'warning',
      resourcesSummary: {},
      categorySpecificSummary: { costOptimizing },
    }
    expect(outcomesOf(summary, { now, account })[0]?.description).toBe('Estimated savings: USD 12.50 a month')
  })

  test.each([
    ['$1,234.5', 'USD 1234.50 a month'],
    ['123.12000000000002', 'USD 123.12 a month'],
    ['about 3', 'about 3'],
  ])('of a resource that are %s are %s', (cell, shown) => {
    const flagged = { status: 'warning', resourceId: 'o', metadata: ['r', 'i', 'n', 't', cell, '1', 'Yellow'] }
    const described = {
      category: 'cost_optimizing',
      metadata: ['a', 'b', 'c', 'd', 'Estimated Monthly Savings', 'f', 'Status'],
    }
    const record = { checkId: 'zzz', status: 'warning', flaggedResources: [flagged], described }
    expect(outcomesOf(record, { now, account })[0]?.description).toContain(`Estimated Monthly Savings: ${shown}`)
  })
})

describe('an event', () => {
  const event = (name: string) => ({
    'detail-type': 'Trusted Advisor Check Item Refresh Notification',
    account,
    time: '2025-06-01T00:00:00Z',
    detail: { 'check-name': name, status: 'ERROR', 'check-item-detail': {}, resource_id: 'x', uuid: 'u' },
  })

  test.each([
    ['ルートアカウントの MFA', '7DAFEmoDos'],
    ['セキュリティグループ - 開かれたポート', 'HCP4007jGY'],
    ['セキュリティグループ — 開かれたポート', 'HCP4007jGY'],
    ['Amazon RDS バックアップ', 'opQPADkZvH'],
    // The reference writes a dash where events have a hyphen.
    ['Security Groups - Specific Ports Unrestricted', 'HCP4007jGY'],
    ['Security Groups – Unrestricted Access', '1iG5NDGVre'],
  ])('that names its check %s is of %s, under the name that it gives', (name, control) => {
    expect(outcomesOf(event(name), { now })).toMatchObject([{ control, title: name }])
  })
})
