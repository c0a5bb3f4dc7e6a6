import { z } from 'zod'
import { cellStates, type InventoryLine } from '../lines'

export const ORGANIZATION_TYPE = 'AWS::Organizations::Organization'

/** Why one datum of an organization could not be read, although its accounts and units were. */
export const UnreadDatum = z.object({ state: z.enum(cellStates).exclude(['ok']), action: z.string().nullable() })
export type UnreadDatum = z.infer<typeof UnreadDatum>

/** What the record of an organization lacks, by name. Records of earlier versions have everything. */
export const OrganizationUnread = z.object({
  trustedServices: UnreadDatum.optional(),
  rootFeatures: UnreadDatum.optional(),
  policies: UnreadDatum.optional(),
  administrators: UnreadDatum.optional(),
})
export type OrganizationUnread = z.infer<typeof OrganizationUnread>
export type OrganizationDatum = keyof OrganizationUnread

const TYPES: Partial<Record<OrganizationDatum, string>> = {
  policies: 'AWS::Organizations::Policy',
  administrators: 'AWS::Organizations::DelegatedAdministrator',
}

/** The types of resources that a report does not contain because their list could not be read: they are not gone. */
export function unreadTypes({ type, data }: Pick<InventoryLine, 'type' | 'data'>): string[] {
  if (type !== ORGANIZATION_TYPE) return []
  const read = OrganizationUnread.safeParse(data.unread)
  return read.success ? Object.keys(read.data).flatMap(name => TYPES[name as OrganizationDatum] ?? []) : []
}
