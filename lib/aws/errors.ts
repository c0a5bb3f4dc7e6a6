import 'server-only'
import { type FailureReason, stateOf, unreadableMessage } from '../domain/collection/failure'
import { ACCESS_DENIED, ALWAYS_ENABLED, CLOCK, EXPIRED, NETWORK, THROTTLING, UNKNOWN_CREDENTIALS } from './error-codes'
import { AwsFailure } from './failure'

const LONGEST_MESSAGE = 300

/** The operation that was called, and where. */
export interface CallPlace {
  readonly operation: string
  /** The actions that the operation needs, in case that AWS names none. */
  readonly actions: readonly string[]
  readonly region: string
}

/** The meaning of an error of the SDK. */
export function toAwsFailure(error: unknown, place: CallPlace): AwsFailure {
  if (error instanceof AwsFailure) return error
  const { code, status, text, isUnreadable } = partsOf(error)
  const reason = isUnreadable ? unreadableReason(status) : reasonOf(code, status, text, place)
  const action = stateOf(reason) === 'denied' ? (deniedAction(text) ?? place.actions[0] ?? null) : null
  const message = isUnreadable ? unreadableMessage(place.operation, status) : shortened(text || code || 'unknown error')
  return new AwsFailure({ reason, operation: place.operation, message, action, code })
}

interface ErrorParts {
  /** The code of AWS or of Node.js; '' if there is none. */
  readonly code: string
  readonly status: number | null
  /** The message of AWS. Those of the SDK and of Node.js are for programmers: for these it is the code. */
  readonly text: string
  /** Whether there was an answer, but not one that the SDK understands. */
  readonly isUnreadable: boolean
}

const STOPPED: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError'])

function partsOf(error: unknown): ErrorParts {
  if (!(error instanceof Error)) return { code: '', status: null, text: String(error), isUnreadable: false }
  // Errors of AWS have their code as their name; those of Node.js have it as `code`.
  const isOfAws = '$fault' in error
  const code = !isOfAws && 'code' in error && typeof error.code === 'string' ? error.code : error.name
  // A connection that is cut, or a call that ends, within the answer has a code or a name of its own.
  const isUnreadable = !isOfAws && '$response' in error && code === error.name && !STOPPED.has(code)
  return { code, status: statusOf(error), text: isOfAws || code === 'Error' ? error.message : code, isUnreadable }
}

function statusOf(error: object): number | null {
  const metadata = '$metadata' in error ? error.$metadata : null
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null
}

function unreadableReason(status: number | null): FailureReason {
  if (status === 429) return 'throttled'
  return status !== null && status >= 500 ? 'service_error' : 'answer'
}

function reasonOf(code: string, status: number | null, text: string, place: CallPlace): FailureReason {
  const service = place.operation.slice(0, place.operation.indexOf(':'))
  if (code === 'AbortError') return 'canceled'
  if (code === 'TimeoutError' || code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') return 'timeout'
  if (code === 'ENOTFOUND') return 'service_not_offered'
  if (NETWORK.has(code)) return 'network'
  if (code === 'CredentialsProviderError' || code === 'TokenProviderError') return 'no_credentials'
  if (EXPIRED.has(code)) return 'expired_credentials'
  if (CLOCK.has(code) || /signature (?:not yet current|expired)/i.test(text)) return 'clock'
  if (status === 429 || THROTTLING.has(code) || /\brate exceeded\b/i.test(text)) return 'throttled'
  if (code === 'SubscriptionRequiredException') return 'support_plan'
  if (code === 'RegionDisabledException') return 'region_disabled'
  if (UNKNOWN_CREDENTIALS.has(code)) return ALWAYS_ENABLED.has(place.region) ? 'invalid_credentials' : 'region_disabled'
  if (/^SignatureDoesNotMatch$|^InvalidSignatureException$/.test(code)) return 'invalid_credentials'
  if (code === 'AWSOrganizationsNotInUseException') return 'no_organization'
  if (code === 'OptInRequired') return 'service_disabled'
  if (ACCESS_DENIED.has(code) || status === 403) return whyDenied(text, service, place)
  if (status === null) return 'network'
  if (status >= 500) return 'service_error'
  return status < 300 ? 'answer' : 'request'
}

/** Sentences of https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const POLICIES: readonly (readonly [RegExp, FailureReason])[] = [
  [/service control polic/i, 'service_control_policy'],
  [/resource control polic/i, 'resource_control_policy'],
  [/permissions boundary/i, 'permissions_boundary'],
  [/session polic/i, 'session_policy'],
  [/vpc endpoint polic/i, 'endpoint_policy'],
  [/resource-based polic/i, 'resource_policy'],
  [/explicit deny/i, 'explicit_deny'],
]

const NOT_AUTHORIZED = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/

function whyDenied(text: string, service: string, { operation }: CallPlace): FailureReason {
  if (operation === 'sts:AssumeRole') return POLICIES.find(([form]) => form.test(text))?.[1] ?? 'role'
  if (/\bis not enabled\b|\bnot subscribed\b|\bno default admin\b/i.test(text)) return 'service_disabled'
  const named = POLICIES.find(([form]) => form.test(text))?.[1]
  if (named) return named
  if (deniedAction(text) !== null) return 'permission'
  // Without a support plan both services deny every call, and name no action.
  if (service === 'support' || service === 'trustedadvisor') return 'support_plan'
  if (service === 'organizations' || service === 'fms') return 'not_administrator'
  return 'permission'
}

function deniedAction(text: string): string | null {
  return NOT_AUTHORIZED.exec(text)?.[1] ?? null
}

/** EC2 adds an encoded message of a thousand characters, which nobody can read without a permission of its own. */
function shortened(text: string): string {
  const plain = text.replace(/\s*Encoded authorization failure message:.*/s, '').trim()
  return plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE - 1)}…` : plain
}
