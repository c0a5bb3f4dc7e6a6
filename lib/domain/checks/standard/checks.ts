import type { CheckDefinition } from '../check'
import { accountChecks } from './account'
import { networkChecks } from './network'
import { organizationChecks } from './organization'
import { policyChecks } from './policies'
import { rootChecks } from './root'
import { serviceChecks } from './services'
import { storageChecks } from './storage'
import { trailChecks } from './trails'
import { userChecks } from './users'

/**
 * The checks of the usage standard that are made from the inventory. Those of WAF, keys and trust policies are in their
 * own folders.
 */
export const standardChecks: readonly CheckDefinition[] = [
  ...rootChecks,
  ...userChecks,
  ...policyChecks,
  ...organizationChecks,
  ...trailChecks,
  ...serviceChecks,
  ...networkChecks,
  ...storageChecks,
  ...accountChecks,
]
