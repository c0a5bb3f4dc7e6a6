import type { CheckDefinition } from '../check'
import { aclChecks } from './acls'
import { entranceChecks } from './entrances'

/** Checks of entrances from the internet and of what protects them. */
export const wafChecks: readonly CheckDefinition[] = [...entranceChecks, ...aclChecks]
