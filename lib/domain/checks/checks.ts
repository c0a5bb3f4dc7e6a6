import type { CheckDefinition } from './check'
import { keyChecks } from './keys/pipeline-keys'
import { neglectChecks } from './neglect/checks'
import { trustChecks } from './trust/trust'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = [...keyChecks, ...trustChecks, ...neglectChecks]
