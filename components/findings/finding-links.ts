import type { AccountId } from '@/lib/domain/accounts/account-id'
import type { FindingId } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'

export function findingHref(id: FindingId): string {
  return `/findings/${id}`
}

export function accountHref(id: AccountId): string {
  return `/accounts/${id}`
}

export function importHref(id: number): string {
  return `/imports/${id}`
}

/** The last part of an ARN, which people know a resource by; the whole text of other ids. */
export function shortResource(id: string): string {
  const last = id.startsWith('arn:') ? id.split(':').slice(5).join(':') : ''
  return visibleText(last || id)
}
