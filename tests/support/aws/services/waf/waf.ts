import type * as Fms from '@aws-sdk/client-fms'
import type * as Shield from '@aws-sdk/client-shield'
import type * as Waf from '@aws-sdk/client-waf'
import { AwsError } from '../../wire/aws-error'
import { type Call, type Handlers, pageOf } from '../handler'

const PAGE = 100

/** Protections and subscriptions are moto's. */
export const shield: Handlers<typeof Shield, 'GetSubscriptionState'> = {
  GetSubscriptionState(_, { store, account }) {
    return { SubscriptionState: store.get('shield.subscription', { account }) }
  },
}

export const fms: Handlers<typeof Fms, 'GetAdminAccount' | 'GetPolicy' | 'ListPolicies'> = {
  GetAdminAccount(_, call) {
    return { AdminAccount: administrator(call), RoleStatus: 'READY' }
  },
  GetPolicy({ PolicyId }, call) {
    administrator(call)
    const found = call.store.list('fms.policy', call).find(one => one.PolicyId === PolicyId)
    if (!found) throw new AwsError('ResourceNotFoundException', 'The policy was not found.')
    const { PolicyArn, PolicyName, ResourceType, SecurityServiceType: Type, RemediationEnabled } = found
    const Policy = { PolicyId, PolicyName, PolicyUpdateToken: '1', SecurityServicePolicyData: { Type }, ResourceType }
    return { PolicyArn, Policy: { ...Policy, ExcludeResourceTags: false, RemediationEnabled } }
  },
  ListPolicies({ NextToken, MaxResults = PAGE }, call) {
    administrator(call)
    const { items, next } = pageOf(call.store.list('fms.policy', call), NextToken, MaxResults)
    return { PolicyList: items, NextToken: next }
  },
}

function administrator({ store, account, region }: Call): string {
  const found = store.get('fms.administrator', { account })
  if (found) return found
  const message = `No default admin could be found for account ${account} in Region ${region}`
  throw new AwsError('AccessDeniedException', message)
}

export const waf: Handlers<typeof Waf, 'ListWebACLs'> = {
  ListWebACLs({ NextMarker, Limit = PAGE }, { store, account }) {
    const { items, next } = pageOf(store.list('waf.web-acl', { account }), NextMarker, Limit || PAGE)
    return { WebACLs: items, NextMarker: next }
  },
}
