import type { CheckDefinition } from './check'
import { keyChecks } from './keys/pipeline-keys'
import { neglectChecks } from './neglect/checks'
import { standardChecks } from './standard/checks'
import { trustChecks } from './trust/trust'
import { wafChecks } from './waf/waf'

/** Every check, in the order in which pages show them. */
export const checks: readonly CheckDefinition[] = [
  ...wafChecks,
  ...keyChecks,
  ...trustChecks,
  ...standardChecks,
  ...neglectChecks,
]
