import type { CheckDefinition } from './check'
import { wafChecks } from './waf/waf'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = [...wafChecks]
