import type { CheckDefinition } from './check'
import { neglectChecks } from './neglect/checks'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = [...neglectChecks]
