import 'server-only'
import type { Access } from '../../access/proof'
import { DuePolicy, defaultDuePolicy, type SaveDuePolicy } from '../../domain/policies/due-policy'
import { accountPolicy } from './account-policy'
import { movePolicyDates } from './dates'

const duePolicy = accountPolicy<DuePolicy, undefined>({
  key: 'due-policy',
  action: 'policy.due',
  read: stored => DuePolicy.parse(stored),
  initial: defaultDuePolicy,
  lockFirst: async () => undefined,
  apply: movePolicyDates,
})

/** The policy in force. */
export const storedDuePolicy = duePolicy.stored
export const duePolicyIn = duePolicy.storedIn

/**
 * Sets the policy. A job then changes the dates that the policy set; dates that people set stay. Throws `conflict` if
 * it changed since version `seen`.
 */
export async function saveDuePolicy(
  access: Access<'accounts:manage'>,
  input: SaveDuePolicy,
): Promise<{ version: string }> {
  return duePolicy.save(access, input.policy, input.seen)
}

/** Sets the next dates of an account. Returns false if there are none left. */
export const moveDueDates = duePolicy.advance
/** Sets an account's dates after its environment changed. */
export const moveDueDatesOf = duePolicy.applyToAccount
