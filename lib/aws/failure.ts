import 'server-only'
import { type Failure, type FailureReason, type FailureState, stateOf } from '../domain/collection/failure'
import { storableText } from '../domain/text/storable-json'

/** Failures that pass without a change of settings. */
const PASSING: ReadonlySet<FailureReason> = new Set([
  'throttled',
  'expired_credentials',
  'network',
  'timeout',
  'service_error',
  'answer',
])

interface FailureParts {
  readonly reason: FailureReason
  /** Such as `guardduty:ListFindings`. */
  readonly operation: string
  readonly message: string
  /** The IAM action that was denied. */
  readonly action?: string | null
  /** The code of AWS or Node.js, such as `NoSuchEntityException`. */
  readonly code?: string
}

/** A call of AWS that failed after all attempts, in terms that people can act on. */
export class AwsFailure extends Error implements Failure {
  override readonly name = 'AwsFailure'
  readonly reason: FailureReason
  readonly state: FailureState
  readonly operation: string
  readonly action: string | null
  readonly code: string
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean

  constructor({ reason, operation, message, action = null, code = '' }: FailureParts) {
    super(storableText(message))
    this.reason = reason
    this.state = stateOf(reason)
    this.operation = operation
    this.action = action
    this.code = code
    this.retryable = PASSING.has(reason)
  }
}

/** A failed call as plain data. */
export function toFailure({ state, reason, operation, action, message }: AwsFailure): Failure {
  return { state, reason, operation, action, message }
}
