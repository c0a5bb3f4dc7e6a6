import { type Severity, severities } from '../../domain/findings/severity'
import type { CsvMapping } from '../../domain/imports/csv-mapping'
import { type Outcome, type Result, results } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext } from '../source'
import { arnParts, derivedId, firstRegion, identify, prose, requireAccount } from '../values/fields'
import { firstText, shown } from '../values/text'
import { readUpdated } from '../values/time'

/** Words that need no mapping: the product's own, and the most common ones of other tools. */
const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ...severities.map(severity => [severity, severity] as const),
  ['moderate', 'medium'],
  ['info', 'informational'],
  ['information', 'informational'],
  ['none', 'informational'],
])
const STATUSES: ReadonlyMap<string, Result> = new Map([
  ...results.map(result => [result, result] as const),
  ['fail', 'failed'],
  ['open', 'failed'],
  ['active', 'failed'],
  ['pass', 'passed'],
  ['fixed', 'passed'],
  ['closed', 'passed'],
  ['resolved', 'passed'],
])

/** One row of a tool's CSV, read by its mapping. Cells are text, whatever they look like; they are never evaluated. */
export function readMappedRow(
  record: Record<string, unknown>,
  mapping: CsvMapping,
  context: ReadingContext,
): Outcome[] {
  const { columns } = mapping
  const cell = (column: string | null) => {
    if (column === null) return ''
    if (!Object.hasOwn(record, column)) throw new RejectedRecord('missing_field', { field: column })
    return firstText(record[column]).trim()
  }
  const named = cell(columns.account) || context.account
  if (!named) throw new RejectedRecord('no_account')
  const accountId = requireAccount(named)
  const required = (column: string) => {
    const text = cell(column)
    if (text === '') throw new RejectedRecord('missing_field', { field: column }, accountId)
    return identify(text, column, accountId)
  }
  const resource = required(columns.resource)
  const control = required(columns.control)
  const region = firstRegion(arnParts(resource)?.region, cell(columns.region), context.region)
  const packageName = identify(cell(columns.package), columns.package ?? '', accountId)
  const vulnerable = mapping.class === 'vulnerability'
  return [
    {
      source: 'csv',
      product: mapping.product,
      nativeId:
        identify(cell(columns.id), columns.id ?? '', accountId) ||
        derivedId(mapping.product, control, region, resource, packageName),
      class: mapping.class,
      accountId,
      region,
      control,
      result:
        columns.status === null
          ? 'failed'
          : meaningOf(cell(columns.status), mapping.statuses, STATUSES, columns.status, accountId),
      severity:
        columns.severity === null
          ? mapping.severity
          : meaningOf(cell(columns.severity), mapping.severities, SEVERITIES, columns.severity, accountId),
      title: prose(firstText(cell(columns.title), control), 'title'),
      description: prose(cell(columns.description), 'text'),
      remediationText: '',
      remediationUrl: '',
      resource: { id: resource, type: prose(cell(columns.resourceType), 'name') },
      otherResources: [],
      packageName: vulnerable ? packageName : '',
      firstObservedAt: null,
      ...readUpdated([[columns.date ?? '', cell(columns.date)]], context, accountId),
    },
  ]
}

/**
 * The meaning of a tool's word. An unknown word is refused and named in the reason: it never becomes a mild severity.
 */
function meaningOf<T>(
  word: string,
  own: Readonly<Record<string, T>>,
  known: ReadonlyMap<string, T>,
  field: string,
  accountId: string,
): T {
  const wanted = word.toLowerCase()
  const found = Object.entries(own).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? known.get(wanted)
  if (found === undefined) throw new RejectedRecord('bad_field', { field, value: shown(word) }, accountId)
  return found
}
