import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { verdictOf } from './contract'
import { runs } from './mutation'
import { shapesOf } from './shapes'
import { now, read } from './support'

// More runs than usual, or a busy machine, take their time.
vi.setConfig({ testTimeout: runs(60_000) })

const account = '012345678901'
const options = { now, account }
type Json = Record<string, unknown>

/** How a record of a service arrives: alone, in an event, in an answer of the API. */
interface Envelope {
  event?: (detail: Json) => Json
  answers: ((record: Json) => Json)[]
}
const event = (source: string, type: string) => (detail: Json) => ({ source, 'detail-type': type, account, detail })
const list = (key: string) => (record: Json) => ({ [key]: [record, record] })
const envelopes: Record<string, Envelope> = {
  accessanalyzer: { event: event('aws.access-analyzer', 'Access Analyzer Finding'), answers: [list('findings')] },
  config: { answers: [list('EvaluationResults'), list('AggregateEvaluationResults')] },
  guardduty: { event: event('aws.guardduty', 'GuardDuty Finding'), answers: [list('Findings')] },
  iam: { answers: [] },
  inspector2: { event: event('aws.inspector2', 'Inspector2 Finding'), answers: [list('findings')] },
  macie2: { event: event('aws.macie', 'Macie Finding'), answers: [list('findings')] },
  securityhub: { answers: [list('Findings'), record => ({ detail: { findings: [record] } })] },
  support: { answers: [result => ({ result }), list('summaries')] },
  trustedadvisor: {
    answers: [
      recommendation => ({ recommendation }),
      list('recommendationSummaries'),
      list('recommendationResourceSummaries'),
    ],
  },
}

const services = Object.keys(envelopes).map(service => ({
  service,
  printed: shapesOf(service),
  sent: shapesOf(service, true),
  envelope: envelopes[service] ?? { answers: [] },
}))
const shapes = services.flatMap(({ printed }) =>
  printed.map(shape => ({ ...shape, title: `${shape.service} ${shape.name}` })),
)

/** Shapes that are no records by themselves, and why. */
const noRecords: Record<string, string> = {
  'iam GetCredentialReportResponse': 'the report is CSV in its Content',
  'support TrustedAdvisorResourceDetail': 'a part of TrustedAdvisorCheckResult',
  'trustedadvisor OrganizationRecommendationSummary': 'it speaks of no account',
}
const records = shapes.filter(({ title }) => !(title in noRecords))

/** Valid records that are refused on purpose, since another record reports the same: by shape, and by value. */
const echoes = new Set(['support TrustedAdvisorCheckSummary', 'trustedadvisor RecommendationSummary'])
const refusedValues: ReadonlyMap<string, string> = new Map([
  ['trustedadvisor RecommendationSummary.source security_hub', 'echo'],
  ['inspector2 Finding.resources[].provider AZURE', 'other_cloud'],
  ['inspector2 Finding.resources[].provider GCP', 'other_cloud'],
  ['securityhub AwsSecurityFinding.Resources[].Provider Azure', 'other_cloud'],
  ['securityhub AwsSecurityFinding.Resources[].Provider GCP', 'other_cloud'],
])

/** The record with its resources in AWS, where the service reports on other clouds too. */
function inAws(record: Json): Json {
  const named = withValue(record, ['resources[]', 'provider'], 'AWS')
  return withValue(named, ['Resources[]', 'Provider'], 'AWS') as Json
}

describe('a record with the shape of an AWS API', () => {
  test.each(records)('$title is accepted', ({ title, valid }) => {
    let accepted = 0
    const property = fc.property(valid, record => {
      const verdict = verdictOf(inAws(record), options)
      if (verdict === 'accepted') accepted++
      else expect(verdict).toBe(echoes.has(title) ? 'echo' : 'accepted')
    })
    fc.assert(property, { numRuns: runs(20) })
    expect(accepted).toBeGreaterThan(0)
  })

  test.each(records)('$title is accepted with every value of its enumerations', ({ title, full, enums }) => {
    const [record] = fc.sample(full, { numRuns: 1, seed: 1 })
    const wrong = [...enums].flatMap(([path, values]) =>
      values.flatMap(value => {
        const verdict = verdictOf(withValue(inAws(record ?? {}), path.split('.').slice(1), value), options)
        const name = `${title}${path} ${value}`
        return verdict === (refusedValues.get(name) ?? 'accepted') ? [] : [`${name}: ${verdict}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test.each(shapes)('$title is read or refused with any value in it', ({ loose }) => {
    const property = fc.property(loose, record => {
      verdictOf(record, options)
    })
    fc.assert(property, { numRuns: runs(25) })
  })

  test.each(services.filter(({ envelope }) => envelope.event))(
    'of $service is read in an event',
    ({ sent, envelope }) => {
      const shape = fc.oneof(...sent.map(({ loose }) => loose))
      const property = fc.property(shape, record => {
        verdictOf(envelope.event?.(record), options)
      })
      fc.assert(property, { numRuns: runs(25) })
      const [valid] = fc.sample(sent[0]?.valid ?? shape, 1)
      expect(verdictOf(envelope.event?.(inAws(valid ?? {})), options)).toBe('accepted')
    },
  )

  test.each(services.filter(({ envelope }) => envelope.answers.length > 0))(
    'of $service is read in an answer of its API',
    async ({ printed, envelope }) => {
      const answer = fc
        .tuple(fc.oneof(...printed.map(({ loose }) => loose)), fc.constantFrom(...envelope.answers))
        .map(([record, wrap]) => wrap(record))
      const property = fc.asyncProperty(answer, async document => {
        const { values } = await read(JSON.stringify(document))
        for (const value of values) verdictOf(value, options)
      })
      await fc.assert(property, { numRuns: runs(20) })
    },
  )
})

test('a recommended resource of an organization belongs to the account in the record', () => {
  const ofOrganization = records.find(({ name }) => name === 'OrganizationRecommendationResourceSummary')
  const [record] = fc.sample(ofOrganization?.valid ?? fc.constant({}), 1)
  const recommendationArn = 'arn:aws:trustedadvisor:::organization-recommendation/r-1'
  const named = { ...record, recommendationArn, accountId: '123456789012' }
  expect(outcomesOf(named, options)).toMatchObject([{ accountId: '123456789012' }])
})

/** A record with another value at a path of members; `[]` is every element of a list. */
function withValue(value: unknown, [member, ...rest]: string[], by: string): unknown {
  if (member === undefined) return by
  const [name = '', ...lists] = member.split('[]')
  const inner = lists.reduce<string[]>(path => ['', ...path], rest)
  if (name === '' && Array.isArray(value)) return value.map(item => withValue(item, rest, by))
  if (typeof value !== 'object' || value === null || !(name in value)) return value
  return { ...value, [name]: withValue(Reflect.get(value, name), lists.length > 0 ? inner : rest, by) }
}
