import type { CellCalls, Collector, Cursor, Page } from '../../../lib/aws/collect/collector'
import { AwsFailure } from '../../../lib/aws/failure'
import type { InputOf, OperationName, OutputOf } from '../../../lib/aws/operations'

export type Answers = { [O in OperationName]?: (input: InputOf<O>) => Omit<OutputOf<O>, '$metadata'> }

export interface FakeCalls extends CellCalls {
  /** The operations that were called, in their order. */
  readonly called: OperationName[]
}

/** Calls that a test answers; an operation without an answer is denied. */
export function fakeCalls(
  answers: Answers,
  {
    account = '111111111111',
    region = 'eu-west-1',
    since = null,
  }: Partial<Pick<CellCalls, 'account' | 'region' | 'since'>> = {},
): FakeCalls {
  const called: OperationName[] = []
  return {
    account,
    region,
    since,
    isView: false,
    called,
    counts: { calls: 0, throttles: 0 },
    signal: new AbortController().signal,
    now: () => new Date('2026-11-27T00:00:00Z'),
    sleep: async () => {},
    async call<O extends OperationName>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
      called.push(operation)
      const answer = answers[operation]
      if (!answer) throw new AwsFailure({ reason: 'permission', operation, action: operation, message: 'denied' })
      return answer(input) as OutputOf<O>
    },
  }
}

/** A failure of the request itself, such as that something does not exist. */
export function refused(operation: OperationName, code: string): AwsFailure {
  return new AwsFailure({ reason: 'request', operation, code, message: code })
}

export async function pagesOf(collector: Collector, calls: CellCalls, from: Cursor | null = null): Promise<Page[]> {
  const pages: Page[] = []
  for await (const page of collector.collect(calls, from)) pages.push(page)
  return pages
}
