import type { CompositeFilter, OcsfFindingFilters } from '@aws-sdk/client-securityhub'
import { AwsError } from '../../wire/aws-error'
import { fitsDate, fitsText } from './securityhub-filters'

/** Whether a finding in OCSF fits the filters of GetFindingsV2. The fields are paths in the finding. */
export function fitsOcsfFilters(finding: object, filters: OcsfFindingFilters | undefined, now: Date): boolean {
  const results = (filters?.CompositeFilters ?? []).map(filter => fitsComposite(finding, filter, now))
  return combine(results, filters?.CompositeOperator)
}

function fitsComposite(finding: object, filter: CompositeFilter, now: Date): boolean {
  const { StringFilters = [], DateFilters = [], NestedCompositeFilters = [], Operator, ...others } = filter
  const unknown = Object.entries(others).find(([, value]) => value !== undefined)
  if (unknown) throw new AwsError('ValidationException', `The emulator does not know ${unknown[0]}.`)
  const results = [
    ...StringFilters.map(({ FieldName, Filter }) => fitsText(valueAt(finding, FieldName), Filter ? [Filter] : [])),
    ...DateFilters.map(({ FieldName, Filter = {} }) => fitsDate(valueAt(finding, FieldName), Filter, now)),
    ...NestedCompositeFilters.map(nested => fitsComposite(finding, nested, now)),
  ]
  return combine(results, Operator)
}

function combine(results: boolean[], operator: string | undefined): boolean {
  return operator === 'OR' ? results.some(Boolean) : results.every(Boolean)
}

function valueAt(finding: object, path: string | undefined): string {
  let value: unknown = finding
  for (const name of (path ?? '').split('.')) {
    value = typeof value === 'object' && value ? (value as Record<string, unknown>)[name] : undefined
  }
  return value === undefined ? '' : String(value)
}
