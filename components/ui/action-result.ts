/** What every server action answers: the data, or a code with a sentence fit for the reader. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; code: string; message: string; field?: string | undefined }
