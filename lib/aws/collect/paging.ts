import 'server-only'
import { AwsFailure } from '../failure'
import type { InputOf, OperationName, OutputOf } from '../operations'
import type { CellCalls } from './collector'

/** How an operation continues a list: the names differ between services. */
export interface Paging<O extends OperationName> {
  /** The input for the page that a token names. */
  at(token: string): InputOf<O>
  /** The token of the next page; nothing at the end. */
  next(answer: OutputOf<O>): string | null | undefined
}

export interface ListPage<O extends OperationName> {
  readonly answer: OutputOf<O>
  readonly next: string | null
}

/**
 * The pages of a list, or those after a token. A page may be empty and still have a next one. Where `from` is refused,
 * as tokens are that have expired, the list begins anew.
 */
export async function* pagesOf<O extends OperationName>(
  calls: CellCalls,
  operation: O,
  input: InputOf<O>,
  paging: Paging<O>,
  from: string | null = null,
): AsyncGenerator<ListPage<O>> {
  const seen = new Set<string>()
  for (let token = from; ; ) {
    const answer = await (token !== null && token === from
      ? resumed(calls, operation, input, paging.at(token))
      : calls.call(operation, token === null ? input : paging.at(token)))
    const next: string | null = paging.next(answer) || null
    yield { answer, next }
    if (next === null) return
    // Otherwise a service that repeats a token would be read for ever.
    if (seen.has(next)) throw new AwsFailure({ reason: 'answer', operation, message: 'The list repeats its token.' })
    seen.add(next)
    token = next
  }
}

async function resumed<O extends OperationName>(
  calls: CellCalls,
  operation: O,
  first: InputOf<O>,
  input: InputOf<O>,
): Promise<OutputOf<O>> {
  try {
    return await calls.call(operation, input)
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.reason !== 'request') throw error
    return calls.call(operation, first)
  }
}

/** All items of a list that is short enough to be held at once. */
export async function itemsOf<O extends OperationName, Item>(
  calls: CellCalls,
  operation: O,
  input: InputOf<O>,
  paging: Paging<O>,
  items: (answer: OutputOf<O>) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = []
  for await (const { answer } of pagesOf(calls, operation, input, paging)) found.push(...(items(answer) ?? []))
  return found
}
