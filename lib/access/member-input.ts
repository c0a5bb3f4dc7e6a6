import { z } from 'zod'
import { sourceIds } from '../domain/imports/outcome'
import { roles, tokenPermissions } from '../domain/people/role'
import { TeamId } from '../domain/people/team'
import { lineText } from '../domain/text/plain-text'

const Scope = {
  limited: z.boolean(),
  accounts: z.array(z.string().regex(/^\d{12}$/, 'accountIds')).max(1000),
}

interface Scoped {
  limited: boolean
  accounts: string[]
}

// Limited to no account at all, a member or token would see nothing.
const namesAccounts = (input: Scoped) => !input.limited || input.accounts.length > 0
const accountsNeeded = { error: 'accountsNeeded', path: ['accounts'] }

const Standing = {
  role: z.enum(roles),
  teams: z.array(TeamId).min(1, 'teamsNeeded'),
  ...Scope,
}
// Administrators can remove any limit, including their own, so a limit would have no effect.
const adminIsUnlimited = (input: Scoped & { role: string }) => input.role !== 'admin' || !input.limited
const adminUnlimited = { error: 'adminUnlimited', path: ['accounts'] }

export const MemberName = lineText(100).min(1)
export const Email = z.string().trim().toLowerCase().pipe(z.email().max(254))

export const InviteMember = z
  .object({ email: Email, ...Standing })
  .refine(namesAccounts, accountsNeeded)
  .refine(adminIsUnlimited, adminUnlimited)
export type InviteMember = z.infer<typeof InviteMember>

export const UpdateMember = z
  .object({ id: z.uuid(), ...Standing })
  .refine(namesAccounts, accountsNeeded)
  .refine(adminIsUnlimited, adminUnlimited)
export type UpdateMember = z.infer<typeof UpdateMember>

export const ById = z.object({ id: z.uuid() })
export type ById = z.infer<typeof ById>

/** The default lifetime of a token in days. Every token expires. */
export const TOKEN_DAYS = 90
const MAX_NETWORKS = 20

export const CreateToken = z
  .object({
    name: lineText(100).min(1),
    permissions: z.array(z.enum(tokenPermissions)).min(1, 'permissionsNeeded'),
    ...Scope,
    /** Sources whose reports it may send; unset for any. */
    sources: z.array(z.enum(sourceIds)).min(1, 'sourcesNeeded').max(sourceIds.length).optional(),
    /** Networks in CIDR notation that it may be used from; unset for any. */
    networks: z.array(z.string().trim().min(1).max(50)).max(MAX_NETWORKS, 'tokenNetworks').optional(),
    expiresAt: z.coerce.date(),
  })
  .refine(namesAccounts, accountsNeeded)
  .refine(({ expiresAt }) => expiresAt.getTime() > Date.now(), {
    error: 'expiryPast',
    path: ['expiresAt'],
  })
export type CreateToken = z.infer<typeof CreateToken>
