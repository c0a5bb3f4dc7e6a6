import type { CellState } from './lines'

/**
 * Why a call failed, and the state that a cell has then. Each reason has a sentence in messages (collection.failures).
 */
const states = {
  permission: 'denied',
  explicit_deny: 'denied',
  service_control_policy: 'denied',
  resource_control_policy: 'denied',
  permissions_boundary: 'denied',
  session_policy: 'denied',
  resource_policy: 'denied',
  endpoint_policy: 'denied',
  role: 'denied',
  not_administrator: 'denied',
  region_disabled: 'not_enabled',
  service_disabled: 'not_enabled',
  service_not_offered: 'not_enabled',
  no_organization: 'not_enabled',
  support_plan: 'no_plan',
  throttled: 'throttled',
  no_credentials: 'failed',
  expired_credentials: 'failed',
  invalid_credentials: 'failed',
  clock: 'failed',
  network: 'failed',
  timeout: 'failed',
  canceled: 'failed',
  service_error: 'failed',
  request: 'failed',
  answer: 'failed',
  internal: 'failed',
} as const satisfies Record<string, Exclude<CellState, 'ok'>>

export type FailureReason = keyof typeof states
export type FailureState = (typeof states)[FailureReason]
export const failureReasons = Object.keys(states) as FailureReason[]

/** A failed call, for people. It contains no secret. */
export interface Failure {
  readonly state: FailureState
  readonly reason: FailureReason
  /** Such as `guardduty:ListFindings`; the service is named as in the packages of the SDK. */
  readonly operation: string
  /** The IAM action that was denied. */
  readonly action: string | null
  /** The sentence of AWS. */
  readonly message: string
}

/** The state of a cell whose call failed for this reason. */
export function stateOf(reason: FailureReason): FailureState {
  return states[reason]
}

/** The message of an answer that is not understood, such as that of a proxy: the same in every language. */
export function unreadableMessage(operation: string, status: number | null): string {
  return `${operation}: HTTP ${status ?? '?'}`
}

/** Earlier versions stored the SDK's own text. */
const UNREADABLE = /^[a-z0-9-]+:[A-Za-z0-9]+: HTTP (?:\d{3}|\?)$/
const HINT = /\bDeserialization error: to see the raw response\b/

/** Whether the message of a failure or a cell is about an answer that is not understood. */
export function isUnreadable(message: string): boolean {
  return UNREADABLE.test(message) || HINT.test(message)
}

/** What a person may see of a message: AWS's own, a code, or an operation with a status. */
export function shownMessage(message: string): string {
  return HINT.test(message) ? '' : message
}
