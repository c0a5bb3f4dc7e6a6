import { z } from 'zod'
import type { Unexamined } from '../../collection/lines'
import type { Inventory } from '../check'
import { onlyOf } from './parts'

export const ANALYZER = 'AWS::AccessAnalyzer::AccountSettings'
export const CONFIG = 'AWS::Config::AccountSettings'
export const GUARDDUTY = 'AWS::GuardDuty::AccountSettings'
export const INSPECTOR = 'AWS::InspectorV2::AccountSettings'
export const SECURITY_HUB = 'AWS::SecurityHub::AccountSettings'

const ServiceState = z.object({
  state: z.enum(['enabled', 'disabled', 'not_offered', 'denied']),
  action: z.string().nullish(),
})
const Administrator = z.object({ account: z.string(), services: z.array(z.object({ principal: z.string() })) })

/**
 * One denied service makes the cell denied after the others were read: their checks go on. A role that cannot be
 * assumed has read nothing.
 */
function unexamined(type: string) {
  return (inventory: Inventory, region: string): Unexamined | null => {
    const cell = inventory.cell('services', region)
    const place = { region, collector: 'services', action: cell?.action ?? null }
    if (!cell) return { ...place, state: 'unread' }
    const partly = cell.state === 'denied' && cell.action !== 'sts:AssumeRole'
    if (!partly && cell.state !== 'ok') return { ...place, state: cell.state }
    const own = onlyOf(inventory, type, ServiceState, region)
    if (!own) return { ...place, state: partly ? cell.state : 'unread' }
    return own.state === 'denied' ? { ...place, state: 'denied', action: own.action ?? null } : null
  }
}

/** The settings of a service in a Region; null where the Region does not have it. */
export function settingsOf<S extends z.ZodType>(inventory: Inventory, type: string, schema: S, region: string) {
  const state = onlyOf(inventory, type, ServiceState, region)?.state
  if (state === undefined || state === 'not_offered' || state === 'denied') return null
  const data = onlyOf(inventory, type, schema, region)
  return data && { enabled: state === 'enabled', data }
}

/** The accounts that administer a service for the organization, as far as it has delegated it. */
export function administratorsOf({ organization }: Inventory, service: string): string[] {
  const delegated = organization?.resources('AWS::Organizations::DelegatedAdministrator') ?? []
  return delegated.flatMap(({ data }) => {
    const read = Administrator.safeParse(data)
    const own = read.data?.services.some(({ principal }) => principal.startsWith(`${service}.`))
    return read.success && own ? [read.data.account] : []
  })
}

/** The properties that checks of security services share. */
export const service = (type: string) =>
  ({ needs: ['services'], regional: true, unexamined: unexamined(type) }) as const
