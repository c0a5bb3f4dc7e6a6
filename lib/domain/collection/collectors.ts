import type { Texts } from '../../sources/definition'
import type { FeedId } from '../../sources/definitions'
import names from './collector-names.json'

/** One part of AWS that is read by itself: a service, or a group of settings. */
export interface CollectorDefinition {
  /** It is stored with cells and assets and never changes. */
  readonly id: string
  readonly name: Texts
  /** Whether it is read Region by Region. Others have one cell, whose Region is `global`. */
  readonly regional: boolean
  /** The feed of the findings that it writes; null for resources. */
  readonly feed: FeedId | null
  /** Whether it is read in the account of the connection alone, for the whole organization. */
  readonly ofOrganization: boolean
  /** Whether light rounds, which come every hour, read it as well. */
  readonly light: boolean
}

type Flags = { regional?: true; ofOrganization?: true; light?: true; feed?: FeedId }

function collector<Id extends keyof typeof names>(id: Id, flags: Flags = {}) {
  const { regional = false, ofOrganization = false, light = false, feed = null } = flags
  return { id, name: names[id], regional, ofOrganization, light, feed } as const
}

/** Every collector, in the order in which pages show them. */
const listed = [
  collector('organization', { ofOrganization: true, light: true }),
  collector('account'),
  collector('iam'),
  collector('credential-report', { feed: 'iam-credential-report' }),
  collector('identity-center', { regional: true, ofOrganization: true }),
  collector('security-hub', { regional: true, light: true, feed: 'security-hub' }),
  collector('security-hub-v2', { regional: true, light: true, feed: 'security-hub-v2' }),
  collector('guardduty', { regional: true, light: true, feed: 'guardduty' }),
  collector('inspector', { regional: true, light: true, feed: 'inspector' }),
  collector('access-analyzer', { regional: true, light: true, feed: 'access-analyzer' }),
  collector('config', { regional: true, feed: 'config' }),
  collector('macie', { regional: true, light: true, feed: 'macie' }),
  collector('trusted-advisor', { feed: 'trusted-advisor' }),
  collector('waf', { regional: true, light: true }),
  collector('waf-global', { light: true }),
  collector('protection'),
  collector('entrances', { regional: true }),
  collector('cloudfront'),
  collector('metrics', { regional: true }),
  collector('cloudtrail', { regional: true }),
  collector('s3'),
  collector('ec2', { regional: true }),
  collector('services', { regional: true }),
  collector('budgets'),
  collector('backup', { regional: true }),
  collector('kms', { regional: true }),
  collector('rds', { regional: true }),
] as const

/** The feed of Hinomi's own checks. */
export const OWN_FEED = 'hinomi' as const satisfies FeedId

/** Writes the reports of Hinomi's own checks. It reads no account. */
export const checksDefinition: CollectorDefinition = {
  id: 'checks',
  name: names.checks,
  regional: false,
  feed: OWN_FEED,
  ofOrganization: false,
  light: false,
}

export type CollectorId = (typeof listed)[number]['id']

export const collectors: readonly (CollectorDefinition & { readonly id: CollectorId })[] = listed

const byId: ReadonlyMap<string, CollectorDefinition> = new Map(
  [...listed, checksDefinition].map(each => [each.id, each]),
)

/** The definition of a collector; undefined for one that this version does not know. */
export function collectorDefinition(id: string): CollectorDefinition | undefined {
  return byId.get(id)
}

/** Whether this version reads AWS with a collector of this id. The writer of Hinomi's own checks is none. */
export function isCollectorId(id: string): id is CollectorId {
  return id !== checksDefinition.id && byId.has(id)
}
