import { AccountId } from '../../lib/domain/accounts/account-id'
import type { Inventory } from '../../lib/domain/checks/check'
import { StandardLimits } from '../../lib/domain/standard/limits'

/** What checks know of an account: nothing but what a test says. */
export function inventoryWith(known: Partial<Inventory>): Inventory {
  return {
    account: { id: AccountId.parse('111111111111'), name: 'Shop', environment: null, tags: {} },
    now: new Date('2026-06-30T00:00:00Z'),
    regions: [],
    resources: () => [],
    ownAccounts: new Set(),
    keyMarks: new Map(),
    limits: StandardLimits.parse({}),
    off: new Set(),
    organization: null,
    cell: () => null,
    ...known,
  }
}
