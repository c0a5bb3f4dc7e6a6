export type ErrorCode =
  | 'not_found'
  | 'forbidden'
  | 'not_recent'
  | 'invalid'
  | 'conflict'
  | 'too_large'
  | 'too_many_requests'
  | 'unavailable'
  | 'no_space'

/**
 * An error that a person may see. `reason` names the sentence in messages (errors.<reason>) and defaults to the code;
 * `params` are the values of that sentence; `field` is the form field it belongs to.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly reason: string
  readonly params: Record<string, string | number>
  readonly field: string | null
  constructor(
    readonly code: ErrorCode,
    detail: { reason?: string; params?: Record<string, string | number>; field?: string } = {},
  ) {
    super(detail.reason ?? code)
    this.reason = detail.reason ?? code
    this.params = detail.params ?? {}
    this.field = detail.field ?? null
  }
}

/** The row does not exist, or is outside the actor's accounts: the error is the same. */
export class NotFoundError extends AppError {
  constructor() {
    super('not_found')
  }
}

/** The actor's role does not allow this. */
export class ForbiddenError extends AppError {
  constructor(reason?: string, params: Record<string, string | number> = {}) {
    super('forbidden', reason ? { reason, params } : {})
  }
}
