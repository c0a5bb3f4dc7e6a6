import 'server-only'
import { z } from 'zod'
import type { CellCalls, Cursor, Page } from './collector'

const Place = z.object({ of: z.string(), token: z.string().nullable() })

/** A page of a list that belongs to something with a name. */
export interface NestedPage {
  readonly records: readonly object[]
  readonly next: string | null
}

/**
 * The pages of several lists, one list after the other in the order of their names, such as the evaluations of each
 * rule. A cursor names the list that it is in, so that lists which come or go meanwhile do no harm.
 */
export async function* pagesOfEach(
  names: Iterable<string>,
  from: Cursor | null,
  pages: (name: string, token: string | null) => AsyncIterable<NestedPage>,
): AsyncGenerator<Page> {
  const place = from === null ? null : Place.parse(from)
  const sorted = [...new Set(names)].sort().filter(name => place === null || name >= place.of)
  for (const [at, name] of sorted.entries()) {
    const following = sorted[at + 1]
    const behind = following === undefined ? null : { of: following, token: null }
    for await (const { records, next } of pages(name, name === place?.of ? place.token : null)) {
      yield { records, next: next === null ? behind : { of: name, token: next } }
    }
  }
}

/** Lists of a collector by name. */
export type Parts = Readonly<Record<string, (calls: CellCalls, from: string | null) => AsyncIterable<NestedPage>>>

/** The pages of all parts of a collector. */
export async function* pagesOfParts(calls: CellCalls, from: Cursor | null, parts: Parts): AsyncGenerator<Page> {
  yield* pagesOfEach(Object.keys(parts), from, async function* (name, token) {
    yield* parts[name]?.(calls, token) ?? []
  })
}
