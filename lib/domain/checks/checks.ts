import type { CheckDefinition } from './check'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = []
