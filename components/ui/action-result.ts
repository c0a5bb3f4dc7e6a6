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
