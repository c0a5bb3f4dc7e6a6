import { z } from 'zod'
import type { Role } from '../trust/check-trust'
import { addressOf } from '../trust/issuers'
import type { Provider } from '../trust/oidc-checks'
import type { Permitted } from '../trust/permissions'
import { KeyId } from './filter'

/** The types of resources of the collector of IAM that keys and trust are judged by. */
export const USER_TYPE = 'AWS::IAM::User'
export const GROUP_TYPE = 'AWS::IAM::Group'
export const ROLE_TYPE = 'AWS::IAM::Role'
export const POLICY_TYPE = 'AWS::IAM::ManagedPolicy'
export const PROVIDER_TYPE = 'AWS::IAM::OIDCProvider'

/** A resource as it is stored. */
export interface StoredResource {
  arn: string
  name: string
  data: unknown
}

const Time = z.coerce.date().nullable().catch(null)
const Names = z.array(z.string()).catch([])
const Policies = z.array(z.object({ document: z.unknown() })).catch([])
const Tags = z.array(z.object({ Key: z.string(), Value: z.string().catch('') })).catch([])

const Entity = z.object({
  attachedPolicies: Names,
  inlinePolicies: Policies,
  permissionsBoundary: z.string().nullish().catch(null),
  createdAt: Time,
})

const Key = z.object({
  id: KeyId,
  active: z.boolean(),
  createdAt: Time,
  lastUsed: z
    .object({ at: Time, service: z.string().nullish().catch(null), region: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
})

const User = Entity.extend({
  path: z.string().catch('/'),
  groups: Names,
  tags: Tags,
  accessKeys: z.array(z.unknown()).catch([]),
  credentials: z.record(z.string(), z.string()).nullish().catch(null),
})

/** A user with what its keys are judged by. */
export interface IamUser extends Permitted {
  arn: string
  name: string
  path: string
  groups: readonly string[]
  tags: Readonly<Record<string, string>>
  /** Null where the credential report does not have the user. */
  console: { password: boolean; mfa: boolean } | null
  keys: readonly IamKey[]
}

export interface IamKey {
  id: string
  active: boolean
  createdAt: Date | null
  lastUsed: { at: Date; service: string | null; region: string | null } | null
}

/**
 * A user with its keys, from the data that the collector wrote. Throws ZodError for other data; keys of another shape
 * are left out.
 */
export function toUser({ arn, name, data }: StoredResource): IamUser {
  const { accessKeys, credentials, tags, ...user } = User.parse(data)
  const keys = accessKeys.flatMap(stored => Key.safeParse(stored).data ?? [])
  return {
    ...user,
    arn,
    name,
    permissionsBoundary: user.permissionsBoundary ?? null,
    tags: Object.fromEntries(tags.map(({ Key: key, Value }) => [key, Value])),
    console: credentials
      ? { password: credentials.password_enabled === 'true', mfa: credentials.mfa_active === 'true' }
      : null,
    keys: keys.map(({ lastUsed, ...key }) => ({ ...key, lastUsed: usedOf(lastUsed) })),
  }
}

/** AWS answers N/A for the service and the Region of a key that was not used since 2015. */
function usedOf(used: z.infer<typeof Key>['lastUsed']): IamKey['lastUsed'] {
  const known = (text: string | null | undefined) => (text && text !== 'N/A' ? text : null)
  return used?.at ? { at: used.at, service: known(used.service), region: known(used.region) } : null
}

/** A group with its permissions. Throws ZodError for data of another shape. */
export function toGroup({ name, data }: StoredResource): Permitted & { name: string } {
  return { name, ...permittedOf(Entity.parse(data)) }
}

/** A role with its permissions and trust policy. Throws ZodError for data of another shape. */
export function toRole({ arn, data }: StoredResource): Role {
  const { createdAt, ...role } = Entity.parse(data)
  const { trustPolicy, lastUsed } = RoleUse.parse(data)
  return { arn, trustPolicy, createdAt, lastUsedAt: lastUsed?.at ?? null, ...permittedOf({ ...role, createdAt }) }
}

const RoleUse = z.object({ trustPolicy: z.unknown(), lastUsed: z.object({ at: Time }).nullish().catch(null) })

function permittedOf({ attachedPolicies, inlinePolicies, permissionsBoundary }: z.infer<typeof Entity>): Permitted {
  return { attachedPolicies, inlinePolicies, permissionsBoundary: permissionsBoundary ?? null }
}

/** The account's own managed policies by their ARNs. */
export function documentsOf(policies: readonly StoredResource[]): Map<string, unknown> {
  return new Map(policies.map(({ arn, data }) => [arn, PolicyData.parse(data).document]))
}

const PolicyData = z.object({ document: z.unknown() })
const ProviderData = z.object({ audiences: Names })

/** The OpenID Connect providers of an account by the addresses of their issuers. */
export function providersOf(providers: readonly StoredResource[]): Map<string, Provider & { arn: string }> {
  return new Map(
    providers.flatMap(({ arn, data }) => {
      const address = addressOf(arn)
      return address === null ? [] : [[address, { arn, ...ProviderData.parse(data) }] as const]
    }),
  )
}
