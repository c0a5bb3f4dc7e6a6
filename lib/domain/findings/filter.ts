import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { categories } from '../controls/categories'
import { frameworkIds } from '../controls/frameworks'
import { findingClasses, sourceIds } from '../imports/outcome'
import { Environment, environments, TeamId } from '../people/team'
import { atMost, plainText } from '../text/plain-text'
import { Severity, severities } from './severity'
import { Status } from './status'

/** A finding's public id: the account's digits, a dash, and the 32 hexadecimal digits of its UUID. */
export const FindingId = z.string().regex(/^\d{12}-[0-9a-f]{32}$/)
export type FindingId = z.infer<typeof FindingId>

export function toFindingId(accountId: AccountId, uuid: string): FindingId {
  return `${accountId}-${uuid.replaceAll('-', '')}`
}

/** The two halves of a public id: the account and the UUID, with its dashes. */
export function splitFindingId(id: FindingId): { accountId: AccountId; uuid: string } {
  const hex = id.slice(13)
  return {
    accountId: id.slice(0, 12),
    uuid: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  }
}

/** The id of no member, for a filter that must match nothing. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

export const findingSorts = ['severity', 'due', 'newest', 'oldest', 'recent', 'stale'] as const

/** Orders by the last report that contained a finding. It is computed, so that only so many findings are sorted by it. */
export const reportSorts = ['recent', 'stale'] as const
export type ReportSort = (typeof reportSorts)[number]
export const SORTED_BY_REPORT = 2_000

/** Groupings of findings; `regions` is one control in one account, over all of its Regions. */
export const findingGroupings = ['control', 'account', 'owner', 'regions'] as const
export type FindingGrouping = (typeof findingGroupings)[number]

/** Orders of groups by control, account or owner; the first is the usual one: the worst severity, then the number. */
export const groupSorts = ['severity', 'count', 'accounts', 'overdue'] as const
export type GroupSort = (typeof groupSorts)[number]

/** More values than a person or an address names; each is compared in every branch of a query. */
export const maxFilterValues = 1_000

function anyOf<T extends z.ZodType>(value: T) {
  return z.array(value).max(maxFilterValues).default([])
}

/** Filters of a list of findings. `status` unset means open. Lists are any-of. */
export const FindingFilter = z.object({
  team: anyOf(TeamId),
  account: anyOf(AccountId),
  environment: anyOf(Environment),
  severity: anyOf(Severity),
  status: anyOf(Status),
  /** Member ids; "none" is unassigned, "me" the reader. */
  owner: anyOf(z.union([z.uuid(), z.literal('none'), z.literal('me')])),
  source: anyOf(z.enum(sourceIds)),
  control: anyOf(atMost(z.string().min(1), 300)),
  framework: anyOf(z.enum(frameworkIds)),
  /** What problems are about: see categoryOf. */
  category: anyOf(z.enum(categories)),
  /** Tags of the resource: KEY with any value, or KEY=VALUE. */
  tag: anyOf(atMost(z.string().min(1), 400)),
  /** Vulnerable packages: a name, or name and version with a space between them. */
  package: anyOf(atMost(z.string().min(1), 300)),
  /** Ids of resources, as findings have them. */
  resource: anyOf(atMost(z.string().min(1), 2_000)),
  resourceType: anyOf(atMost(z.string().min(1), 200)),
  overdue: z.boolean().default(false),
  class: anyOf(z.enum(findingClasses)),
  /** Vulnerabilities with a known exploit. */
  exploit: z.boolean().default(false),
  /** Vulnerabilities on the list of known exploited ones. */
  kev: z.boolean().default(false),
  /** Vulnerabilities with at least this probability of exploitation, in percent. */
  epss: z.number().int().min(1).max(100).nullable().default(null),
  /** Vulnerabilities with a fixed version for all or some packages. */
  fix: z.boolean().default(false),
  /** First observed by a source on this day of the organization's calendar or later. */
  observedFrom: z.iso.date().nullable().default(null),
  /** The same, or earlier. */
  observedTo: z.iso.date().nullable().default(null),
  /** Contained in a report on this day of the organization's calendar or later. */
  lastObservedFrom: z.iso.date().nullable().default(null),
  /** Reported now, but by no report after this day. */
  lastObservedTo: z.iso.date().nullable().default(null),
  /** Findings whose sources are all silent. */
  unconfirmed: z.boolean().default(false),
  /**
   * Findings that this import created or, with `change`, updated, reopened or resolved. Of any status unless `status`
   * is set.
   */
  import: z.number().int().positive().nullable().default(null),
  change: z.enum(['created', 'updated', 'reopened', 'resolved']).nullable().default(null),
  /** Findings that this change of a person or token touched, of any status unless `status` is set. */
  changeset: z.uuid().nullable().default(null),
  /** With `changeset`: the findings that this undo did not restore. */
  leftBy: z.uuid().nullable().default(null),
  /** Findings that this exception covers. */
  exception: z.number().int().positive().nullable().default(null),
  text: plainText(200).default(''),
  sort: z.enum(findingSorts).default('severity'),
})
export type FindingFilter = z.infer<typeof FindingFilter>

/** The default filter: open findings, worst first. */
export const everyFinding: FindingFilter = FindingFilter.parse({})

const CHOICES = new Map<string, readonly string[]>([
  ['environment', environments],
  ['severity', severities],
  ['source', sourceIds],
])

/**
 * Whether the form of a filter leaves out only findings of other statuses; its findings are not counted. A list with
 * every choice counts as no filter.
 */
export function isWhole(filter: Partial<FindingFilter>): boolean {
  return Object.entries(filter).every(([name, value]) => {
    if (name === 'status' || name === 'sort' || name === 'change') return true
    if (!Array.isArray(value)) return !value
    const chosen: readonly string[] = value
    return chosen.length === 0 || (CHOICES.get(name)?.every(choice => chosen.includes(choice)) ?? false)
  })
}
