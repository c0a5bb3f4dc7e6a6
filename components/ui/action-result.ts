/** The result of every server action: the data, or a code with a sentence for the reader. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | {
      ok: false
      code: string
      message: string
      field?: string | undefined
      /** If several fields are wrong, the message for each. */
      fields?: Record<string, string> | undefined
    }

/** The code of an action that the reader cancelled: nothing is shown. */
export const CANCELLED = 'cancelled'

/**
 * The data of a result. Throws if the action failed, or if no answer came (components/ui/recovery/recovering-fetch.ts).
 */
export function orThrow<T>(result: ActionResult<T>): T {
  if (!result.ok) throw new Error(result.code)
  return result.data
}
