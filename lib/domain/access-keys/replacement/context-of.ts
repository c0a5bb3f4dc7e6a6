import { partitionOf } from '../../commands/command-values'
import { statementsOf } from '../../trust/document'
import { grantsOf } from '../../trust/oidc-checks'
import { PROVIDER_TYPE, providersOf, ROLE_TYPE, type StoredResource, toRole, toUser, USER_TYPE } from '../iam-resources'
import type { ReplacementContext } from './context'

/** The values for the texts that replace a key. `resources`: the key's user, and the account's roles and providers. */
export function replacementContext(
  account: string,
  { id, region, user }: { id: string; region: string | null; user: { name: string; arn: string } },
  resources: readonly (StoredResource & { type: string })[],
): ReplacementContext {
  const of = (type: string) => resources.filter(resource => resource.type === type)
  const [stored] = of(USER_TYPE).filter(({ arn }) => arn === user.arn)
  const owner = stored && toUser(stored)
  const subjects = new Map<string, string[]>()
  for (const { trustPolicy } of of(ROLE_TYPE).map(toRole)) {
    for (const { address, claims } of grantsOf(statementsOf(trustPolicy) ?? [])) {
      const values = claims.filter(({ claim }) => claim === 'sub').flatMap(({ condition }) => condition.values)
      subjects.set(address, [...(subjects.get(address) ?? []), ...values])
    }
  }
  return {
    partition: /^arn:([\w-]+):/.exec(user.arn)?.[1] ?? partitionOf(region ?? '').partition,
    account,
    region,
    user: user.name,
    key: id,
    attachedPolicies: owner?.attachedPolicies ?? [],
    otherPermissions: owner !== undefined && (owner.groups.length > 0 || owner.inlinePolicies.length > 0),
    providers: providersOf(of(PROVIDER_TYPE)),
    subjects,
  }
}
