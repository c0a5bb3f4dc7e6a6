import { z } from 'zod'
import type { Evidence } from '../../findings/facts'
import { dataOf, MalformedResource } from '../../waf/resource'
import type { CheckResult, Inventory, Resource } from '../check'

/** A resource with its data in the shape that a check reads. */
export interface Seen<T> {
  readonly resource: Resource
  readonly data: T
}

/** Resources of a type with their data. Throws MalformedResource: what one of them says may decide the check. */
export function seen<S extends z.ZodType>(
  inventory: Inventory,
  type: string,
  schema: S,
  region?: string,
): Seen<z.infer<S>>[] {
  return inventory.resources(type, region).map(resource => ({ resource, data: dataOf(schema, resource) }))
}

/** Resources that a check judges one by one, and the type that AWS Security Hub gives them. */
interface Judged<S extends z.ZodType> {
  readonly type: string
  readonly as: string
  readonly schema: S
  readonly region?: string
  /** The control that asks about each of them; without it all of the check do. */
  readonly control?: string
  /** Those to judge; all without it. */
  readonly where?: (resource: Resource) => boolean
}

/** Judges each resource by itself. One whose data cannot be read is unknown, so that what was found of it stays as it is. */
export function* judgeEach<S extends z.ZodType>(
  inventory: Inventory,
  { type, as, schema, region, control, where = () => true }: Judged<S>,
  judge: (seen: Seen<z.infer<S>>, ref: CheckResult['resource']) => Iterable<CheckResult>,
): Iterable<CheckResult> {
  for (const resource of inventory.resources(type, region).filter(where)) {
    const ref = { id: resource.arn, type: as }
    const read = schema.safeParse(resource.data)
    if (read.success) yield* judge({ resource, data: read.data }, ref)
    else yield { ...(control && { control }), ...placeOf(resource), resource: ref, result: 'unknown' }
  }
}

/** Buckets are in a Region, although their collector reads them in none. */
function placeOf({ region, data }: Resource): { region?: string } {
  if (region !== 'global') return { region }
  return typeof data.region === 'string' ? { region: data.region } : {}
}

/** The only resource of a type, such as the settings of the account; null where it was not read. Throws MalformedResource. */
export function onlyOf<S extends z.ZodType>(
  inventory: Inventory,
  type: string,
  schema: S,
  region?: string,
): z.infer<S> | null {
  return seen(inventory, type, schema, region)[0]?.data ?? null
}

/**
 * The only resource of a type that an account always has. Throws MalformedResource without it: a report that lacks it
 * has not read it, whatever its cells say.
 */
export function theOnly<S extends z.ZodType>(
  inventory: Inventory,
  type: string,
  schema: S,
  region?: string,
): z.infer<S> {
  const [found] = seen(inventory, type, schema, region)
  if (!found) throw new MalformedResource(`${type}: missing${region === undefined ? '' : ` in ${region}`}`)
  return found.data
}

export const AccountSummary = z.object({
  summary: z.record(z.string(), z.number()),
  passwordPolicy: z.record(z.string(), z.unknown()).nullable(),
})

/** The account as a resource, in the spelling of AWS Security Hub. */
export function accountOf({ account }: Inventory): CheckResult['resource'] {
  return { id: `AWS::::Account:${account.id}`, type: 'AwsAccount' }
}

/** The result of a check that could be examined. */
export function resultOf(passed: boolean): CheckResult['result'] {
  return passed ? 'passed' : 'failed'
}

/** Evidence without what is not known. */
export function evidenceOf(values: Record<string, string | number | boolean | null | undefined>): Evidence[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [{ name: `standard${name.charAt(0).toUpperCase()}${name.slice(1)}`, value }],
  )
}

const LISTED = 30

/** Names in a stable order, as one line; of many, the first ones and the number of the others. */
export function listed(names: Iterable<string>): string {
  const all = [...new Set(names)].sort()
  const more = all.length - LISTED
  return [...all.slice(0, LISTED), ...(more > 0 ? [`+${more}`] : [])].join(', ')
}

const DAY = 86_400_000

/** Whether a time is more than so many days ago. */
export function olderThan(at: Date, days: number, { now }: Inventory): boolean {
  return now.getTime() - at.getTime() > days * DAY
}

/** The day of a time in UTC, as YYYY-MM-DD. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

/** A time of IAM; null where it has none, which its credential report writes in words. */
export const ReportTime = z
  .string()
  .transform(text => (/^\d{4}-/.test(text) ? new Date(text) : null))
  .nullish()
  .transform(at => at ?? null)
