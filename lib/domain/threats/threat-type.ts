import { z } from 'zod'
import table from './types.json'

/**
 * Types of GuardDuty findings with their family and their place in the user guide; `aliases` are other spellings in
 * Security Hub. Types and anchors:
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
 * https://docs.aws.amazon.com/guardduty/latest/ug/findings-custom-detection-rules.html
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-retired.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html
 */
const Table = z.strictObject({
  types: z.record(z.string(), z.strictObject({ family: z.string(), page: z.string(), anchor: z.string() })),
  aliases: z.record(z.string(), z.string()),
})

/** Kinds of resources whose steps differ. */
export const platforms = ['ec2', 'ecs', 'eks', 'lambda'] as const
export type Platform = (typeof platforms)[number]

export interface ThreatType {
  family: string
  /** AWS's description of the type; null if it has none. */
  url: string | null
  /** The kinds of resources that the type is about; null if it can be about any. */
  platforms: readonly Platform[] | null
}

const GUIDE = 'https://docs.aws.amazon.com/guardduty/latest/ug/'
const { types, aliases } = Table.parse(table)
const byName = new Map(Object.entries(types).map(([type, row]) => [key(type), { type, ...row }]))
for (const [alias, type] of Object.entries(aliases)) {
  const row = byName.get(key(type))
  if (row) byName.set(key(alias), row)
}

/** All known types in GuardDuty's spelling. */
export const threatTypes = Object.entries(types).map(([type, { family }]) => ({ type, family }))

/** A type as GuardDuty and as Security Hub write it. */
export function spellingsOf(type: string): string[] {
  const others = Object.entries(aliases).flatMap(([alias, named]) => (named === type ? [alias] : []))
  return [...new Set([type, type.replace('/', '-'), ...others])]
}

/** Security Hub writes a hyphen where GuardDuty writes a slash. */
function key(type: string): string {
  return type.toLowerCase().replace(/^([a-z]+:[a-z0-9]+)-/, '$1/')
}

const PLATFORMS: ReadonlyMap<string, readonly Platform[]> = new Map<string, readonly Platform[]>([
  ['ec2', ['ec2']],
  ['ecs', ['ecs']],
  ['kubernetes', ['eks']],
  ['eks', ['eks']],
  ['lambda', ['lambda']],
  ['container', ['ec2', 'ecs', 'eks']],
  ['runtime', ['ec2', 'ecs', 'eks']],
])

/** Types of other sources, by their beginning. */
const OTHERS: readonly (readonly [begins: RegExp, family: string])[] = [
  [/^sensitivedata:s3object/, 'sensitive-data'],
  [/^policy:iamuser\/s3(?:bucketpublic|bucketshared|bucketreplicated|blockpublicaccess)/, 's3-public'],
  // Trusted Advisor's check "Exposed Access Keys".
  [/^12fnkpl8y5$/, 'exposed-access-key'],
]

/** The family of a threat by its type, in GuardDuty's or Security Hub's spelling; `other` for an unknown type. */
export function threatTypeOf(control: string): ThreatType {
  const name = key(control)
  const row = byName.get(name) ?? byName.get(key(control.split('/').at(-1) ?? ''))
  const kind = /^[a-z]+:([a-z0-9]+)\//.exec(key(row?.type ?? control))?.[1] ?? ''
  const about = PLATFORMS.get(kind) ?? null
  if (row) return { family: row.family, url: `${GUIDE}${row.page}.html#${row.anchor}`, platforms: about }
  const family = OTHERS.find(([begins]) => begins.test(name))?.[1] ?? 'other'
  // An unknown type of an identity, bucket or database is about none of these.
  return { family, url: null, platforms: about ?? (kind === '' ? null : []) }
}
