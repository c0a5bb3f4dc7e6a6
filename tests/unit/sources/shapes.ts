import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { z } from 'zod'
import { hostileText } from './mutation'

/** One shape of a service model of AWS, as scripts/aws-shapes.mjs writes it. */
const Shape = z.strictObject({
  type: z.enum([
    'structure',
    'list',
    'map',
    'string',
    'boolean',
    'integer',
    'long',
    'float',
    'double',
    'timestamp',
    'blob',
    'document',
  ]),
  /** The shape of a member; and its name where it is sent, where that is another one. */
  members: z.record(z.string(), z.union([z.string(), z.tuple([z.string(), z.string()])])).optional(),
  required: z.array(z.string()).optional(),
  member: z.string().optional(),
  key: z.string().optional(),
  value: z.string().optional(),
  enum: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
})
type Shape = z.infer<typeof Shape>
const Model = z.strictObject({ source: z.string(), roots: z.array(z.string()), shapes: z.record(z.string(), Shape) })

const account = '012345678901'
const FIRST = Date.UTC(2024, 0, 1)
const SPAN = 2 * 365 * 86_400_000

const accountId = fc.constantFrom(account, '123456789012', '999988887777')
const region = fc.constantFrom('us-east-1', 'ap-northeast-1', 'eu-central-2', 'us-gov-west-1', 'cn-north-1')
const word = fc.constantFrom('web', 'Example', 'i-0a1b2c3d', 'openssl', '火の見', 'a b', '10.0.0.1', 'x/y:z')
const url = fc.constantFrom('https://example.com/fix', 'http://example.com')
const arn = fc
  .tuple(fc.constantFrom('s3', 'ec2', 'iam', 'lambda', 'guardduty'), region, accountId, word)
  .map(([service, where, whose, name]) => `arn:aws:${service}:${where}:${whose}:${name}`)
const time = fc.nat(SPAN).map(after => new Date(FIRST + after))
/** ISO 8601 as the API and versions of the AWS CLI print it. */
const isoTime = fc
  .tuple(time, fc.constantFrom('Z', '+00:00', '+09:00', '000+00:00'))
  .map(([at, zone]) => at.toISOString().replace('Z', zone))
/** Version 1 of the AWS CLI prints seconds, with a fraction. */
const timestamp = fc.oneof(
  isoTime,
  time.map(at => at.getTime() / 1000),
)

/** Text of a member by what its name says; most models state no pattern. */
function textFor(name: string, { min = 0, max = 1000, pattern }: Shape): fc.Arbitrary<string> {
  if (/account(Id)?$|^(resource)?OwnerAccount$|^resourceOwnerAccount$/i.test(name) || max === 12) return accountId
  if (/recommendationArn$/i.test(name)) return word.map(() => `arn:aws:trustedadvisor::${account}:recommendation/r-1`)
  if (/arn$/i.test(name)) return arn
  if (/region(Code)?$/i.test(name)) return region
  if (/(At|Time|Date|timestamp|FirstSeen|LastSeen)$/.test(name)) return isoTime
  if (/ur[il]$/i.test(name)) return url
  if (min > 0 || pattern || /id$|name$|type$/i.test(name)) return word.map(text => text.slice(0, max))
  return fc.oneof({ weight: 3, arbitrary: word }, fc.string({ maxLength: Math.min(max, 60) }))
}

/** Values that the models state only in their text. */
const known: Record<string, fc.Arbitrary<unknown>> = {
  'guardduty Finding Severity': fc.double({ min: 1, max: 10, noNaN: true }),
  'macie2 Severity score': fc.constantFrom(1, 2, 3),
  'securityhub Severity Product': fc.double({ min: 0, max: 100, noNaN: true }),
  'securityhub Severity Normalized': fc.nat(100),
  'support TrustedAdvisorCheckResult status': fc.constantFrom('ok', 'warning', 'error', 'not_available'),
  'support TrustedAdvisorCheckSummary status': fc.constantFrom('ok', 'warning', 'error', 'not_available'),
  'support TrustedAdvisorResourceDetail status': fc.constantFrom('ok', 'warning', 'error'),
  'support TrustedAdvisorCheckResult checkId': fc.constantFrom('ePs02jT06w', '7DAFEmoDos', 'Pfx0RwqBli', 'brandnew00'),
  'support TrustedAdvisorCheckSummary checkId': fc.constantFrom('ePs02jT06w', '7DAFEmoDos', 'brandnew00'),
  // A recommendation with resources reports them one by one, and nothing itself.
  'trustedadvisor RecommendationResourcesAggregates errorCount': fc.constant(0),
  'trustedadvisor RecommendationResourcesAggregates warningCount': fc.constant(0),
  'trustedadvisor RecommendationSummary arn': fc.constant(`arn:aws:trustedadvisor::${account}:recommendation/r-1`),
  'trustedadvisor OrganizationRecommendationSummary arn': fc.constant(
    'arn:aws:trustedadvisor:::organization-recommendation/r-1',
  ),
}

/** Members that every finding has though its model requires none of them, by structure. */
const always: Record<string, readonly string[]> = {
  'accessanalyzer GetFindingResponse': ['finding'],
  'config EvaluationResult': ['EvaluationResultIdentifier', 'ComplianceType'],
  'config AggregateEvaluationResult': ['EvaluationResultIdentifier', 'ComplianceType', 'AccountId', 'AwsRegion'],
  'config EvaluationResultIdentifier': ['EvaluationResultQualifier'],
  'config EvaluationResultQualifier': ['ConfigRuleName', 'ResourceType', 'ResourceId'],
  // One of three kinds of details, by the type of the finding.
  'inspector2 Finding': ['packageVulnerabilityDetails'],
  'macie2 Finding': ['id', 'accountId', 'region', 'type', 'severity', 'resourcesAffected'],
  'macie2 Severity': ['description', 'score'],
  'macie2 ResourcesAffected': ['s3Bucket'],
  'macie2 S3Bucket': ['arn', 'name'],
  'securityhub AwsSecurityFinding': ['Severity'],
  'securityhub Severity': ['Label'],
}

/** Lists that are never empty though their model allows it. */
const neverEmpty: ReadonlySet<string> = new Set(['securityhub ResourceList'])

export interface AwsShape {
  service: string
  name: string
  /** Records with all that is required and values of the model only; optional members at random. */
  valid: fc.Arbitrary<Record<string, unknown>>
  /** The same with all optional members, and one element in every list. */
  full: fc.Arbitrary<Record<string, unknown>>
  /** The same as `valid`, with a value here and there that the model does not allow. */
  loose: fc.Arbitrary<Record<string, unknown>>
  /** Every enumeration in the shape, by the path of its member. */
  enums: ReadonlyMap<string, readonly string[]>
}

class Generator {
  readonly #made = new Map<string, fc.Arbitrary<unknown>>()

  constructor(
    private readonly service: string,
    private readonly shapes: Record<string, Shape>,
    /** Of how many values one is replaced by a hostile one; 0 for none. */
    private readonly noise: number,
    /** Members by the names that they are sent by, as in events; otherwise by those that the CLI prints. */
    private readonly sent: boolean,
    private readonly full = false,
  ) {}

  of(name: string, member = name, owner = ''): fc.Arbitrary<unknown> {
    const key = `${owner} ${member} ${name}`
    const made = this.#made.get(key)
    if (made) return made
    const plain = known[`${this.service} ${owner} ${member}`] ?? this.#make(name, member)
    const arbitrary =
      this.noise > 0 ? fc.oneof({ weight: this.noise, arbitrary: plain }, hostileText, fc.jsonValue()) : plain
    this.#made.set(key, arbitrary)
    return arbitrary
  }

  #make(name: string, member: string): fc.Arbitrary<unknown> {
    const shape = this.shapes[name]
    if (!shape) throw new Error(`${this.service} has no shape ${name}`)
    switch (shape.type) {
      case 'structure':
        return this.#structure(name, shape)
      case 'list':
        return fc.array(this.of(shape.member ?? '', member.replace(/s$/, '')), {
          minLength: this.full || shape.min || neverEmpty.has(`${this.service} ${name}`) ? 1 : 0,
          maxLength: this.full ? 1 : 3,
        })
      case 'map':
        return fc.dictionary(word, this.of(shape.value ?? '', 'value'), { maxKeys: 3 })
      case 'string':
        return shape.enum ? fc.constantFrom(...shape.enum) : textFor(member, shape)
      case 'boolean':
        return fc.boolean()
      case 'integer':
      case 'long':
        return fc.integer({ min: Math.max(shape.min ?? 0, -1000), max: Math.min(shape.max ?? 70_000, 1e9) })
      case 'float':
      case 'double':
        return fc.double({ min: shape.min ?? 0, max: shape.max ?? 10, noNaN: true })
      case 'timestamp':
        return timestamp
      case 'blob':
        return fc.base64String()
      case 'document':
        return fc.jsonValue()
    }
  }

  #structure(name: string, { members = {}, required = [] }: Shape): fc.Arbitrary<unknown> {
    const entries = Object.entries(members)
    // Of a structure with many members a few are given at a time, as in real findings.
    const absent = Math.max(1, Math.ceil(entries.length / 8))
    const fields = entries.map(([member, of]) => {
      const [shape, sentAs] = typeof of === 'string' ? [of, member] : of
      const value = this.of(shape, member, name)
      const isGiven = this.full || required.includes(member) || always[`${this.service} ${name}`]?.includes(member)
      const arbitrary = isGiven
        ? value
        : fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
      return [this.sent ? sentAs : member, arbitrary] as const
    })
    return fc
      .record(Object.fromEntries(fields))
      .map(record => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)))
  }
}

function enumsOf(shapes: Record<string, Shape>, root: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const visit = (name: string, path: string, above: readonly string[]) => {
    const shape = shapes[name]
    if (!shape || above.includes(name)) return
    if (shape.enum) found.set(path, shape.enum)
    for (const [member, of] of Object.entries(shape.members ?? {}))
      visit(typeof of === 'string' ? of : of[0], `${path}.${member}`, [...above, name])
    if (shape.member) visit(shape.member, `${path}[]`, [...above, name])
  }
  visit(root, '', [])
  return found
}

/** All shapes that a file of tests/fixtures/shapes says are read. `sent` as for Generator. */
export function shapesOf(service: string, sent = false): AwsShape[] {
  const path = join(__dirname, '../../fixtures/shapes', `${service}.json`)
  const { roots, shapes } = Model.parse(JSON.parse(readFileSync(path, 'utf8')))
  const record = (arbitrary: fc.Arbitrary<unknown>) =>
    arbitrary.map(value => z.record(z.string(), z.unknown()).catch({}).parse(value))
  return roots.map(name => ({
    service,
    name,
    valid: record(new Generator(service, shapes, 0, sent).of(name)),
    full: record(new Generator(service, shapes, 0, sent, true).of(name)),
    loose: record(new Generator(service, shapes, 40, sent).of(name)),
    enums: enumsOf(shapes, name),
  }))
}
