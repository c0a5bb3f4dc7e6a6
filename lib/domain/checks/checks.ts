import type { CheckDefinition } from './check'
import { standardChecks } from './standard/checks'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = [...standardChecks]
