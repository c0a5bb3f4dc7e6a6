import {
  createLoader,
  createSerializer,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server'
import { categories } from '@/lib/domain/controls/categories'
import { frameworkIds } from '@/lib/domain/controls/frameworks'
import {
  everyFinding,
  FindingFilter,
  type FindingGrouping,
  findingGroupings,
  findingSorts,
  type GroupSort,
  groupSorts,
  maxFilterValues,
} from '@/lib/domain/findings/filter'
import { severities } from '@/lib/domain/findings/severity'
import { statuses } from '@/lib/domain/findings/status'
import { findingClasses, sourceIds } from '@/lib/domain/imports/outcome'
import { environments } from '@/lib/domain/people/team'
import { parseAsTeam } from '../../teams/team-param'

const strings = parseAsArrayOf(parseAsString).withDefault([])

/** A list of findings in an address: the FindingFilter, and the cursors of the visited pages. */
export const findingParsers = {
  team: parseAsArrayOf(parseAsTeam).withDefault([]),
  account: strings,
  environment: parseAsArrayOf(parseAsStringLiteral(environments)).withDefault([]),
  severity: parseAsArrayOf(parseAsStringLiteral(severities)).withDefault([]),
  status: parseAsArrayOf(parseAsStringLiteral(statuses)).withDefault([]),
  owner: strings,
  source: parseAsArrayOf(parseAsStringLiteral(sourceIds)).withDefault([]),
  control: strings,
  framework: parseAsArrayOf(parseAsStringLiteral(frameworkIds)).withDefault([]),
  category: parseAsArrayOf(parseAsStringLiteral(categories)).withDefault([]),
  tag: strings,
  package: strings,
  resource: strings,
  resourceType: strings,
  overdue: parseAsBoolean.withDefault(false),
  class: parseAsArrayOf(parseAsStringLiteral(findingClasses)).withDefault([]),
  exploit: parseAsBoolean.withDefault(false),
  kev: parseAsBoolean.withDefault(false),
  epss: parseAsInteger,
  fix: parseAsBoolean.withDefault(false),
  observedFrom: parseAsString,
  observedTo: parseAsString,
  lastObservedFrom: parseAsString,
  lastObservedTo: parseAsString,
  unconfirmed: parseAsBoolean.withDefault(false),
  import: parseAsInteger,
  change: parseAsStringLiteral(['created', 'updated', 'reopened', 'resolved']),
  changeset: parseAsString,
  leftBy: parseAsString,
  exception: parseAsInteger,
  text: parseAsString.withDefault(''),
  sort: parseAsStringLiteral(findingSorts).withDefault('severity'),
  group: parseAsStringLiteral(findingGroupings),
  order: parseAsStringLiteral(groupSorts).withDefault('severity'),
  after: strings,
}

const load = createLoader(findingParsers)
const serialize = createSerializer(findingParsers)

export interface FindingListState {
  filter: FindingFilter
  /** Cursors of the visited pages; the last one is of this page. Empty on the first page. */
  after: string[]
  /** Null: the findings themselves. */
  group: FindingGrouping | null
  /** The order of the groups. */
  order: GroupSort
}

/** Lists without the values beyond the limit of a filter: without all of them, the list would show everything. */
function withinLimit<T extends object>(values: T): T {
  const limited = Object.entries(values).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.slice(0, maxFilterValues) : value,
  ])
  return { ...values, ...Object.fromEntries(limited) }
}

/** Reads the list from an address. Unknown parameters are ignored, so that an old or broken link still shows a list. */
export async function readFindingList(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<FindingListState> {
  const { after, group, order, ...given } = await load(searchParams)
  const values = withinLimit(given)
  const parsed = FindingFilter.safeParse({
    ...values,
    account: values.account.filter(id => FindingFilter.shape.account.safeParse([id]).success),
    owner: values.owner.filter(id => FindingFilter.shape.owner.safeParse([id]).success),
    control: values.control.filter(control => control !== ''),
    tag: values.tag.filter(tag => FindingFilter.shape.tag.safeParse([tag]).success),
    resource: values.resource.filter(id => FindingFilter.shape.resource.safeParse([id]).success),
    package: values.package.filter(name => FindingFilter.shape.package.safeParse([name]).success),
    text: values.text.slice(0, 200),
    import: values.import !== null && values.import > 0 ? values.import : null,
    epss: values.epss !== null && values.epss >= 1 && values.epss <= 100 ? values.epss : null,
    observedFrom: FindingFilter.shape.observedFrom.safeParse(values.observedFrom).data ?? null,
    observedTo: FindingFilter.shape.observedTo.safeParse(values.observedTo).data ?? null,
    lastObservedFrom: FindingFilter.shape.lastObservedFrom.safeParse(values.lastObservedFrom).data ?? null,
    lastObservedTo: FindingFilter.shape.lastObservedTo.safeParse(values.lastObservedTo).data ?? null,
    changeset: uuidOrNull(values.changeset),
    leftBy: uuidOrNull(values.leftBy),
    exception: values.exception !== null && values.exception > 0 ? values.exception : null,
  })
  return { filter: parsed.success ? parsed.data : everyFinding, after, group, order }
}

function uuidOrNull(text: string | null): string | null {
  return FindingFilter.shape.changeset.safeParse(text).data ?? null
}

/** Whether a filter leaves out more than the closed findings that every list leaves out. */
export function isFiltered(filter: FindingFilter): boolean {
  const { sort: _sort, ...rest } = filter
  return Object.values(rest).some(value => (Array.isArray(value) ? value.length > 0 : Boolean(value)))
}

/** The address of a filtered list. */
export function findingsHref(
  filter: Partial<FindingFilter> & { group?: FindingGrouping | null; order?: GroupSort } = {},
  after: readonly string[] = [],
  base = '/findings',
): string {
  return serialize(base, { ...filter, after: [...after] })
}

export const mineHref = findingsHref({ owner: ['me'] })
