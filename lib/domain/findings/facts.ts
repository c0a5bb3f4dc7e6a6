import { z } from 'zod'

/** What a source says of a problem beyond its texts. Text is as the source wrote it; null where it says nothing. */
const Text = z.string().nullable()
const Count = z.int().nonnegative().nullable()
const Instant = z.iso.datetime().nullable()

/** The other end of a connection or call. */
export const Remote = z.strictObject({
  ip: Text,
  asn: Count.describe('Number of the autonomous system'),
  organization: Text,
  country: Text,
  city: Text,
})
export type Remote = z.infer<typeof Remote>

/** Who acted in an attack sequence. */
const SequenceActor = z.strictObject({ principal: Text, principalType: Text, accessKeyId: Text })
export type SequenceActor = z.infer<typeof SequenceActor>

/** One observation of an attack sequence. */
const Signal = z.strictObject({
  id: Text.describe('Id of the finding that it is, if it is one'),
  kind: Text.describe('FINDING, CLOUD_TRAIL, S3_DATA_EVENTS, ...'),
  name: Text,
  severity: z.number().nullable(),
  count: Count,
  firstSeen: Instant,
  lastSeen: Instant,
})
export type Signal = z.infer<typeof Signal>

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
export const Sequence = z.strictObject({
  signals: z.array(Signal),
  actors: z.array(SequenceActor),
  indicators: z.array(z.strictObject({ title: z.string(), values: z.array(z.string()) })),
})
export type Sequence = z.infer<typeof Sequence>

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Service.html */
export const ThreatFacts = z.strictObject({
  kind: z.literal('threat'),
  principal: Text.describe('User, role or other identity that acted, or whose credentials were used'),
  principalType: Text,
  accessKeyId: Text,
  remotes: z.array(Remote),
  action: Text.describe('Kind of action, such as AWS_API_CALL'),
  api: Text,
  service: Text,
  domain: Text,
  port: Count,
  protocol: Text,
  direction: Text,
  userAgent: Text,
  threatLists: z.array(z.string()),
  detectorId: Text,
  firstSeen: Instant.describe('First event, by the source'),
  lastSeen: Instant.describe('Last event so far, by the source'),
  count: Count.describe('Number of events so far, by the source'),
  sample: z.boolean().describe('Generated to try the source out'),
  sequence: Sequence.optional().describe('Of an attack sequence: its signals and actors'),
})
export type ThreatFacts = z.infer<typeof ThreatFacts>

/** https://www.first.org/cvss/v3-1/specification-document */
const Cvss = z.strictObject({ version: Text, score: z.number().min(0).max(10), vector: Text, source: Text })

/** One vulnerable package with its fix. */
const PackageFix = z.strictObject({ name: z.string(), installed: Text, fixed: Text, path: Text, command: Text })

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html */
export const VulnerabilityFacts = z.strictObject({
  kind: z.literal('vulnerability'),
  exploit: z.boolean().nullable().describe('Whether an exploit is known'),
  exploitSeen: Instant.describe('When an exploit was last seen'),
  fix: z.enum(['yes', 'no', 'partial']).nullable().describe('Whether a fixed version is available'),
  epss: z.int().nullable().describe('Probability of exploitation within 30 days, in whole percent'),
  cvss: z.array(Cvss),
  packages: z.array(PackageFix),
  references: z.array(z.string()),
  vendorSeverity: Text,
  image: z
    .strictObject({
      repository: Text,
      tags: z.array(z.string()),
      pushedAt: Instant,
      inUse: Count.describe('Running containers of this image'),
      lastInUse: Text.describe('Day (YYYY-MM-DD)'),
    })
    .nullable(),
})
export type VulnerabilityFacts = z.infer<typeof VulnerabilityFacts>

/** https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ExternalAccessDetails.html */
export const AccessFacts = z.strictObject({
  kind: z.literal('access'),
  isPublic: z.boolean(),
  principals: z.array(z.strictObject({ type: z.string(), id: z.string() })),
  actions: z.array(z.string()),
  conditions: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  grantedBy: z.array(z.string()).describe('What grants the access, such as a policy or an access point'),
  lastUsed: Instant.describe('Of unused access: when it was last used'),
})
export type AccessFacts = z.infer<typeof AccessFacts>

/** What a tool says about one of its checks: https://docs.prowler.com/projects/prowler-open-source/en/latest/tutorials/reporting/ */
export const CheckFacts = z.strictObject({
  kind: z.literal('check'),
  categories: z.array(z.string()),
  frameworks: z.array(z.strictObject({ name: z.string(), ids: z.array(z.string()) })),
  cli: Text,
  terraform: Text,
  cloudFormation: Text,
  other: Text,
  references: z.array(z.string()),
})
export type CheckFacts = z.infer<typeof CheckFacts>

/** Longer texts of evidence are cut. */
export const mostEvidence = 4000

/** Something that a check of Hinomi's own saw. Its name is a key of lib/domain/checks/evidence.json. */
export const Evidence = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9]{1,60}$/),
  value: z.union([z.string().max(mostEvidence), z.number(), z.boolean()]),
  as: z.enum(['time', 'bytes', 'code']).optional().describe('How it is shown: a time (ISO 8601), a size, or as code'),
})
export type Evidence = z.infer<typeof Evidence>

/** What a check of Hinomi's own saw. */
const ObservedFacts = z.strictObject({ kind: z.literal('observed'), items: z.array(Evidence) })

export const Facts = z.discriminatedUnion('kind', [
  ThreatFacts,
  VulnerabilityFacts,
  AccessFacts,
  CheckFacts,
  ObservedFacts,
])
export type Facts = z.infer<typeof Facts>
