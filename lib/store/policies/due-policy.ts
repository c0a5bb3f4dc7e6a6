import 'server-only'
import type { Access } from '../../access/proof'
import { DuePolicy, defaultDuePolicy, type SaveDuePolicy } from '../../domain/policies/due-policy'
import { accountPolicy } from './account-policy'
import { movePolicyDates } from './dates'

const kept = accountPolicy<DuePolicy, undefined>({
  key: 'due-policy',
  action: 'policy.due',
  read: stored => DuePolicy.parse(stored),
  start: defaultDuePolicy,
  hold: async () => undefined,
  bring: movePolicyDates,
})

/** The policy in force. */
export const storedDuePolicy = kept.stored
export const duePolicyIn = kept.storedIn

/**
 * Sets the policy. A job moves the dates that the policy set; those that people set stay. Throws `conflict` where somebody else
 * changed it since it was seen.
 */
export async function saveDuePolicy(
  access: Access<'accounts:manage'>,
  input: SaveDuePolicy,
): Promise<{ version: string }> {
  return kept.save(access, input.policy, input.seen)
}

/** Moves the next dates of an account. False where there is none left. */
export const moveDueDates = kept.advance
/** Moves an account's dates after its environment changed. */
export const moveDueDatesOf = kept.bringAccount
