import { z } from 'zod'
import { ControlSeverities } from '../controls/severities'
import { DuePolicy } from '../policies/due-policy'
import { RoutingRules } from '../policies/routing'
import { Instant } from './view'

const Changed = {
  version: z.string().nullable().describe('To be sent along as `seen` with a change; null before anybody changed it'),
  changedBy: z.string().nullable(),
  changedAt: Instant.nullable(),
  moving: z.boolean().describe('Whether findings are still being brought in line with it'),
}
export const ApiDuePolicy = z.strictObject({ policy: DuePolicy, ...Changed })
export const ApiControlSeverities = z.strictObject({ severities: ControlSeverities, ...Changed })
export const ApiRoutingRules = z.strictObject({ rules: RoutingRules, ...Changed })
