import { isIdOf, type ResourceKind } from '../../domain/identity/canonical-resource'
import type { Check } from './checks'

const COLOURS = new Set(['Green', 'Yellow', 'Red'])
/** Columns in English or, according to a list of checks, in Japanese. */
const REGION = /^(Region|Region\/AZ|Region API Parameter|リージョン|リージョン\/AZ)$/
const STATUS = /^(Status|ステータス)$/
/** Columns that identify the resource; the others describe it. */
const SUBJECT = /\b(ID|Name|User|Bucket|Cluster|Instance|Volume|Function|Address|Distribution)\b|(名|ID|ARN)$/i
/** Dollars per month, which the newer API writes as a bare number. */
const MONTHLY = /^Estimated monthly savings(?: \(On Demand\))?$/i
/** A Region, or one of its zones. */
const PLACE = /^([a-z]{2,4}(?:-[a-z]+)+-\d+)[a-z]?$/
const NO_REGION = /^(-|global)$/i
/** Trusted Advisor writes `sg-0123 (vpc-0456)`. */
const WITH_VPC = /^(sg-[0-9a-z]+) \(vpc-[0-9a-z]+\)$/

interface Cell {
  /** The column's name in the report or the table. */
  label: string
  /** The column's name in the table, if it has one. */
  column: string
  text: string
}

interface Metadata {
  /** The identifier of the resource: an ARN, an id or a name. Empty if none is certain. */
  id: string
  region: string
  lines: string[]
  /** The cells with their names; empty if no columns fit. */
  cells: readonly Cell[]
}

/**
 * Reads the metadata of a flagged resource, a list whose positions have a meaning only with the check's columns. The
 * first set of columns that fits names the cells. If none fits, the cells have no names, and only an unmistakable id is
 * taken from them. `verify` accepts columns only if the Region's column holds a Region.
 */
export function readMetadata(
  metadata: readonly (string | null)[],
  check: Check | null,
  kind: ResourceKind | null,
  verify = false,
): Metadata {
  const layouts = check ? [check.columns, check.tableColumns] : []
  for (const columns of layouts) {
    const cells = cellsOf(columns, metadata, check?.tableColumns ?? [])
    if (cells && hasRegionInPlace(cells, verify)) return named(cells, check)
  }
  return unnamed(metadata, kind)
}

/** A security group's id without its VPC; other text as it is. */
export function withoutVpc(id: string): string {
  return WITH_VPC.exec(id)?.[1] ?? id
}

function isBlank(text: string): boolean {
  return text === '' || text === '-'
}

/** Null if the columns do not fit. A report may leave out the status, and with it the colour. */
function cellsOf(
  columns: readonly string[],
  metadata: readonly (string | null)[],
  tableColumns: readonly string[],
): Cell[] | null {
  const labels = columns.filter(column => !STATUS.test(column))
  const exact = fitsExactly(columns, metadata)
  const texts = exact
    ? metadata.filter((_, at) => !STATUS.test(columns[at] ?? ''))
    : metadata.filter(text => text === null || !COLOURS.has(text))
  if (labels.length === 0 || labels.length !== texts.length) return null
  const names = tableColumns.filter(column => !STATUS.test(column))
  // Columns in another language have the order of the table's.
  const translated = names.length === labels.length && !labels.some(label => names.includes(label))
  return labels.map((label, at) => ({
    label,
    column: (translated ? names[at] : undefined) ?? label,
    text: texts[at] ?? '',
  }))
}

function fitsExactly(columns: readonly string[], metadata: readonly (string | null)[]): boolean {
  if (columns.length !== metadata.length) return false
  const coloured = metadata.some(text => text !== null && COLOURS.has(text))
  return columns.every((column, at) => {
    const text = metadata[at] ?? ''
    return STATUS.test(column) ? !coloured || text === '' || COLOURS.has(text) : !COLOURS.has(text)
  })
}

function hasRegionInPlace(cells: readonly Cell[], verify: boolean): boolean {
  const regions = cells.filter(({ column, text }) => REGION.test(column) && text !== '')
  return regions.every(({ text }) => PLACE.test(text) || NO_REGION.test(text)) && (!verify || regions.length > 0)
}

function named(cells: readonly Cell[], check: Check | null): Metadata {
  const filled = cells.filter(({ text }) => !isBlank(text))
  const subject =
    filled.find(({ column }) => column === check?.subject) ??
    filled.find(({ text }) => text.startsWith('arn:')) ??
    filled.find(({ column }) => SUBJECT.test(column) && !/^(Region|リージョン)/.test(column))
  const place = filled.find(({ column }) => REGION.test(column))?.text ?? ''
  return {
    id: withoutVpc(subject?.text ?? ''),
    region: regionIn(place) ?? place,
    lines: filled.map(({ label, text }) => `${label}: ${MONTHLY.test(label) ? inDollars(text) : text}`),
    cells: filled,
  }
}

function unnamed(metadata: readonly (string | null)[], kind: ResourceKind | null): Metadata {
  const texts = metadata.filter(text => text !== null).filter(text => !isBlank(text) && !COLOURS.has(text))
  const arn = only(texts.filter(text => text.startsWith('arn:') || /^AWS::::Account:\d{12}$/.test(text)))
  const id = only(texts.map(withoutVpc).filter(text => kind !== null && isIdOf(kind, text)))
  const region = only(texts.map(regionIn).filter(text => text !== null))
  return { id: arn ?? id ?? '', region: region ?? '', lines: texts, cells: [] }
}

function regionIn(text: string): string | null {
  return PLACE.exec(text)?.[1] ?? null
}

/** The value of a list that holds one, however often. */
function only(values: readonly string[]): string | null {
  const [first, ...more] = new Set(values)
  return first !== undefined && more.length === 0 ? first : null
}

/** The savings of a recommendation, if any. */
export function savingsLine(savings: number | null | undefined): string[] {
  return savings && savings > 0 ? [`Estimated savings: USD ${savings.toFixed(2)} a month`] : []
}

function inDollars(cell: string): string {
  const amount = /^\$?(\d[\d,]*(?:\.\d+)?)$/.exec(cell)?.[1]
  return amount === undefined ? cell : `USD ${Number(amount.replaceAll(',', '')).toFixed(2)} a month`
}
