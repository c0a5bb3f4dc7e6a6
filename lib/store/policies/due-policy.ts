import 'server-only'
import type { Access } from '../../access/proof'
import { DuePolicy, defaultDuePolicy, type SaveDuePolicy } from '../../domain/policies/due-policy'
import type { Tx } from '../../sql/transaction'
import {
  type AccountPolicy,
  advanceAccount,
  advancePolicy,
  type PolicyMover,
  policyIn,
  savePolicy,
  storedPolicy,
} from './account-policy'
import { movePolicyDates } from './dates'

const duePolicy: AccountPolicy<DuePolicy> = {
  key: 'due-policy',
  action: 'policy.due',
  parse: stored => DuePolicy.parse(stored),
  initial: defaultDuePolicy,
  prepare: async (tx, policy) => (access, step) => movePolicyDates(tx, access, step, policy),
}

/** The policy in force. */
export function storedDuePolicy(): Promise<{ policy: DuePolicy; version: string | null }> {
  return storedPolicy(duePolicy)
}

export function duePolicyIn(tx: Tx): Promise<DuePolicy> {
  return policyIn(duePolicy, tx)
}

/**
 * Sets the policy. A job then changes the dates that the policy set; dates that people set stay. Throws `conflict` if
 * it changed since version `seen`.
 */
export async function saveDuePolicy(
  access: Access<'accounts:manage'>,
  input: SaveDuePolicy,
): Promise<{ version: string }> {
  return savePolicy(duePolicy, access, input.policy, input.seen)
}

/** Sets the next dates of an account. Returns false if there are none left. */
export function moveDueDates(access: PolicyMover, size?: number): Promise<boolean> {
  return advancePolicy(duePolicy, access, size)
}

/** Sets an account's dates after its environment changed. */
export function moveDueDatesOf(access: PolicyMover, accountId: string): Promise<void> {
  return advanceAccount(duePolicy, access, accountId)
}
