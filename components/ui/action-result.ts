/** What every server action answers: the data, or a code with a sentence fit for the reader. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | {
      ok: false
      code: string
      message: string
      field?: string | undefined
      /** Where several fields are wrong, what is wrong with each. */
      fields?: Record<string, string> | undefined
    }

/** The code of an action that the reader did not go through with: there is nothing to say about it. */
export const CANCELLED = 'cancelled'

/** What an action gave that answers with bare data; throws where the answer is that none came (components/ui/recovering-fetch.ts). */
export function orThrow<T>(answer: T): T {
  if (typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false)
    throw new Error('no answer')
  return answer
}
