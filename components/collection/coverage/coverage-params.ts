import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { collectors } from '@/lib/domain/collection/collectors'
import { CoverageFilter } from '@/lib/domain/collection/coverage'
import { cellStates } from '@/lib/domain/collection/lines'

type Search = Promise<Record<string, string | string[] | undefined>>

/** The coverage page in an address, with the cursors of the visited pages. */
export const coverageParsers = {
  text: parseAsString.withDefault(''),
  state: parseAsArrayOf(parseAsStringLiteral(cellStates)).withDefault([]),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}

const load = createLoader(coverageParsers)
const serialize = createSerializer(coverageParsers)

/** Reads the page from an address. The last of `after` is this page's cursor; `after` is empty on the first page. */
export async function readCoverage(searchParams: Search): Promise<{ filter: CoverageFilter; after: string[] }> {
  const { after, ...values } = await load(searchParams)
  return { filter: CoverageFilter.parse({ ...values, text: values.text.slice(0, 200) }), after }
}

export function coverageHref(filter: Partial<CoverageFilter> = {}, after: readonly string[] = []): string {
  return serialize('/coverage', { ...filter, after: [...after] })
}

/** The cells of an account in an address. */
export const cellParsers = {
  collector: parseAsArrayOf(parseAsStringLiteral(collectors.map(({ id }) => id))).withDefault([]),
  state: coverageParsers.state,
}

const loadCells = createLoader(cellParsers)
const serializeCells = createSerializer(cellParsers)

export type CellChoice = Awaited<ReturnType<typeof loadCells>>

export function readCells(searchParams: Search): Promise<CellChoice> {
  return loadCells(searchParams)
}

export function cellsHref(account: string, choice: Partial<CellChoice> = {}): string {
  return serializeCells(`/coverage/${account}`, choice)
}
