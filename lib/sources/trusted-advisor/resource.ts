import type { ResourceKind } from '../../domain/identity/canonical-resource'
import type { ResourceRef } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { identify } from '../values/fields'
import { typeOf } from './resource-type'

/** Kinds without a rule to build an ARN from a bare name. */
const UNNAMED: ReadonlySet<ResourceKind | null> = new Set([null, 'account', 'account-region', 'global'])

/** The account as Security Hub names it. */
export function accountResource(accountId: string): ResourceRef {
  return { id: `AWS::::Account:${accountId}`, type: 'AwsAccount' }
}

/**
 * Trusted Advisor's own id of a resource, which is a hash. It identifies nothing in AWS, so that it is marked wherever
 * a bare name would become a part of an ARN.
 */
export function ownId(id: string, kind: ResourceKind | null): string {
  return UNNAMED.has(kind) || id.startsWith('arn:') ? id : `trusted-advisor/${id}`
}

/** A resource with its type. Throws other_account if it names another account than the report. */
export function toResource(id: string, kind: ResourceKind | null, accountId: string, field: string): ResourceRef {
  const named = /^(?:arn:[^:]*:[^:]*:[^:]*:|AWS::::Account:)(\d{12})(?::|$)/.exec(id)?.[1]
  if (named !== undefined && named !== accountId)
    throw new RejectedRecord('other_account', { named, given: accountId }, accountId)
  return { id: identify(id, field, accountId), type: typeOf(id, kind) }
}
