import type { CellState } from '../domain/collection/lines'

/** What a call of AWS failed with, in terms that people can act on. */
export class AwsFailure extends Error {
  override readonly name = 'AwsFailure'
  readonly state: Exclude<CellState, 'ok'>
  /** The operation, such as guardduty:ListFindings. */
  readonly operation: string
  /** The IAM action that was denied; null if none was. */
  readonly action: string | null
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean

  constructor(failure: Pick<AwsFailure, 'state' | 'operation' | 'action' | 'retryable'> & { message: string }) {
    super(failure.message)
    this.state = failure.state
    this.operation = failure.operation
    this.action = failure.action
    this.retryable = failure.retryable
  }
}
