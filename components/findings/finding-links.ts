import type { AccountId } from '@/lib/domain/accounts/account-id'
import type { FindingId } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'

interface ResourcePlace {
  accountId: AccountId
  region: string
  resourceId: string
}

export function findingHref(id: FindingId): string {
  return `/findings/${id}`
}

export function accountHref(id: AccountId): string {
  return `/accounts/${id}`
}

/** The page of a control, whose name may have any characters. */
export function controlHref(control: string): string {
  return `/control?${new URLSearchParams({ id: control })}`
}

/** The page of a resource. An id that is no ARN may name different resources in different Regions. */
export function resourceHref({ accountId, region, resourceId }: ResourcePlace): string {
  const query = new URLSearchParams({ id: resourceId })
  if (!resourceId.startsWith('arn:')) query.set('region', region)
  return `${accountHref(accountId)}/resource?${query}`
}

export function importHref(id: number): string {
  return `/imports/${id}`
}

/** The last part of an ARN, which people know a resource by; the whole text of other ids. */
export function shortResource(id: string): string {
  const last = id.startsWith('arn:') ? id.split(':').slice(5).join(':') : ''
  return visibleText(last || id)
}
