import { createLoader, createSerializer, parseAsArrayOf, parseAsString } from 'nuqs/server'

const parsers = { after: parseAsArrayOf(parseAsString).withDefault([]) }
const load = createLoader(parsers)
const serialize = createSerializer(parsers)

/** The cursors of the visited pages; the last one is of this page. */
export async function readImportList(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<string[]> {
  return (await load(searchParams)).after
}

export function importsHref(after: readonly string[] = []): string {
  return serialize('/imports', { after: [...after] })
}
