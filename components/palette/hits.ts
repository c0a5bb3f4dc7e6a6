import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingRow, Person } from '@/lib/domain/views'
import { accountHref, findingHref, shortResource } from '../findings/finding-links'
import { findingsHref } from '../findings/list/finding-params'

/** What the server finds. */
export interface Found {
  accounts: { id: string; name: string }[]
  findings: FindingRow[]
  controls: { id: string; title: string; severity: FindingRow['severity'] }[]
  people: Person[]
}

export interface Hit {
  key: string
  group: 'pages' | 'settings' | 'accounts' | 'controls' | 'findings' | 'people'
  label: string
  /** What tells it apart from others with this label. */
  detail?: string
  href: string
  severity?: FindingRow['severity']
}

const PER_GROUP = 6
const between = ' · '

/** What was found, in the order of the list, each with what tells it apart. */
export function toHits({ accounts, findings, controls, people }: Found): Hit[] {
  return [
    ...accounts.slice(0, PER_GROUP).map(account => ({
      key: `account-${account.id}`,
      group: 'accounts' as const,
      label: account.name || account.id,
      ...(account.name && { detail: account.id }),
      href: accountHref(account.id),
    })),
    ...people.slice(0, PER_GROUP).map(person => ({
      key: `person-${person.id}`,
      group: 'people' as const,
      label: person.name || person.email,
      ...(person.name && { detail: person.email }),
      href: findingsHref({ owner: [person.id] }),
    })),
    ...controls.slice(0, PER_GROUP).map(control => ({
      key: `control-${control.id}`,
      group: 'controls' as const,
      label: control.title || control.id,
      ...(control.title && control.title !== control.id && { detail: visibleText(control.id) }),
      href: findingsHref({ control: [control.id] }),
      severity: control.severity,
    })),
    ...findings.slice(0, PER_GROUP).map(finding => ({
      key: finding.id,
      group: 'findings' as const,
      label: finding.title || finding.control,
      detail: [finding.accountName || finding.accountId, shortResource(finding.resourceId), finding.control]
        .map(visibleText)
        .join(between),
      href: findingHref(finding.id),
      severity: finding.severity,
    })),
  ]
}
