import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { type ExceptionList, exceptionLists } from '@/lib/domain/exceptions/exception'

const parsers = {
  list: parseAsStringLiteral(exceptionLists).withDefault('waiting'),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}
const load = createLoader(parsers)
const serialize = createSerializer(parsers)

/** The list in an address, and the cursors of the visited pages; the last one is of this page. */
export async function readExceptionList(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ list: ExceptionList; after: string[] }> {
  return load(searchParams)
}

export function exceptionsHref(list: ExceptionList, after: readonly string[] = []): string {
  return serialize('/exceptions', { list, after: [...after] })
}
