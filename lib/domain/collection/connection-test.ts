import type { AccountId } from '../accounts/account-id'
import type { CollectorId } from './collectors'
import type { Failure } from './failure'

export const connectionTestSteps = ['credentials', 'role', 'organization', 'member', 'collector', 'write-back'] as const

/** One step of a test of a connection. A step that needs a failed one is skipped and has no failure of its own. */
export interface ConnectionTestStep {
  readonly id: (typeof connectionTestSteps)[number]
  /** The collector of a step `collector`. */
  readonly collector: CollectorId | null
  readonly account: AccountId | null
  readonly state: 'ok' | 'failed' | 'skipped'
  readonly failure: Failure | null
}
