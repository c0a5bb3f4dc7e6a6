import type * as Organizations from '@aws-sdk/client-organizations'
import type { Delegation } from '../state/records'
import type { Place, Store } from '../state/store'
import { AwsError } from '../wire/aws-error'
import { type Handlers, pageOf } from './handler'

const PAGE = 20

type Names =
  | 'RegisterDelegatedAdministrator'
  | 'DeregisterDelegatedAdministrator'
  | 'ListDelegatedAdministrators'
  | 'ListDelegatedServicesForAccount'
  | 'DescribeEffectivePolicy'

/** Organizations are moto's, but for delegated administrators: moto does not know the principals of all services. */
export const organizations: Handlers<typeof Organizations, Names> = {
  RegisterDelegatedAdministrator({ AccountId = '', ServicePrincipal = '' }, { store, account, now }) {
    store.put('organizations.delegation', { account }, { AccountId, ServicePrincipal, DelegationEnabledDate: now })
    return {}
  },
  DeregisterDelegatedAdministrator({ AccountId, ServicePrincipal }, { store, account }) {
    const isThis = (one: Delegation) => one.AccountId === AccountId && one.ServicePrincipal === ServicePrincipal
    store.remove('organizations.delegation', { account }, isThis)
    return {}
  },
  ListDelegatedAdministrators({ ServicePrincipal, NextToken, MaxResults = PAGE }, { store, account }) {
    const all = delegations(store).filter(one => !ServicePrincipal || one.ServicePrincipal === ServicePrincipal)
    const byAccount = new Map(all.map(one => [one.AccountId, one]))
    const { items, next } = pageOf([...byAccount.values()], NextToken, MaxResults)
    const DelegatedAdministrators = items.map(({ AccountId, DelegationEnabledDate }) => {
      const Arn = `arn:aws:organizations::${account}:account/o-example/${AccountId}`
      return { Id: AccountId, Arn, Name: AccountId, Status: 'ACTIVE' as const, DelegationEnabledDate }
    })
    return { DelegatedAdministrators, NextToken: next }
  },
  ListDelegatedServicesForAccount({ AccountId }, { store }) {
    const own = delegations(store).filter(one => one.AccountId === AccountId)
    if (own.length === 0) {
      const message = 'The provided account is not a registered delegated administrator for your organization.'
      throw new AwsError('AccountNotRegisteredException', message)
    }
    const DelegatedServices = own.map(({ ServicePrincipal, DelegationEnabledDate }) => {
      return { ServicePrincipal, DelegationEnabledDate }
    })
    return { DelegatedServices }
  },
  DescribeEffectivePolicy() {
    throw new AwsError('EffectivePolicyNotFoundException', 'There is no effective policy.')
  },
}

/** There is one organization at most, and its management account keeps them. */
function delegations(store: Store): Delegation[] {
  return store
    .places('organizations.delegation')
    .flatMap((place: Place) => store.list('organizations.delegation', place))
}

const FOR_EVERYBODY = ['DescribeOrganization', 'CreateOrganization']

/**
 * The account for which moto is asked: only the management account and delegated administrators may read an organization.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
 */
export function readerOf(operation: string, account: string, management: string | null, store: Store): string {
  if (management === null || management === account || FOR_EVERYBODY.includes(operation)) return account
  if (delegations(store).some(one => one.AccountId === account)) return management
  throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.")
}
