import type * as GuardDuty from '@aws-sdk/client-guardduty'
import type { Condition, Finding } from '@aws-sdk/client-guardduty'
import { AwsError } from '../../wire/aws-error'
import { type Call, type Handlers, pageOf, seenBy } from '../handler'

const PAGE = 50

type Names = 'CreateFilter' | 'GetFilter' | 'ListFilters' | 'ListFindings' | 'GetFindings' | 'ListMembers'

/** Detectors are moto's. */
export const guardduty: Handlers<typeof GuardDuty, Names> = {
  CreateFilter({ Name = '', Action = 'NOOP', FindingCriteria = {} }, call) {
    call.store.put('guardduty.filter', call, { Name, Action, FindingCriteria })
    return { Name }
  },
  GetFilter({ FilterName }, call) {
    const found = call.store.list('guardduty.filter', call).find(({ Name }) => Name === FilterName)
    if (!found) throw new AwsError('BadRequestException', 'The request is rejected since no such resource found.')
    return found
  },
  ListFilters({ NextToken, MaxResults = PAGE }, call) {
    checkPage(MaxResults)
    const { items, next } = pageOf(call.store.list('guardduty.filter', call), NextToken || undefined, MaxResults)
    return { FilterNames: items.map(({ Name }) => Name ?? ''), NextToken: next ?? '' }
  },
  ListFindings({ FindingCriteria, SortCriteria, NextToken, MaxResults = PAGE }, call) {
    checkPage(MaxResults)
    const criteria = Object.entries(FindingCriteria?.Criterion ?? {})
    const fitting = findingsOf(call).filter(finding =>
      criteria.every(([name, condition]) => fits(finding, name, condition)),
    )
    const newest = SortCriteria?.AttributeName === 'updatedAt' && SortCriteria.OrderBy === 'DESC'
    const ordered = newest ? fitting.toSorted((a, b) => time(b) - time(a)) : fitting
    const { items, next } = pageOf(ordered, NextToken || undefined, MaxResults)
    // GuardDuty ends a list with an empty token, not with none.
    return { FindingIds: items.map(({ Id }) => String(Id)), NextToken: next ?? '' }
  },
  GetFindings({ FindingIds = [] }, call) {
    checkPage(FindingIds.length)
    return { Findings: findingsOf(call).filter(({ Id }) => FindingIds.includes(String(Id))) }
  },
  ListMembers({ NextToken, MaxResults = PAGE }, { store, account, now }) {
    const members = store.get('guardduty.members', { account }).map(AccountId => {
      return { AccountId, MasterId: account, Email: '', RelationshipStatus: 'Enabled', UpdatedAt: now.toISOString() }
    })
    const { items, next } = pageOf(members, NextToken || undefined, MaxResults)
    return { Members: items, NextToken: next ?? '' }
  },
}

function findingsOf(call: Call): Finding[] {
  return seenBy(call, 'guardduty.members').flatMap(place => call.store.list('guardduty.finding', place))
}

function checkPage(size: number): void {
  if (size < 1 || size > PAGE) {
    throw new AwsError(
      'BadRequestException',
      `The request is rejected because the number of items must be 1 to ${PAGE}.`,
    )
  }
}

function time({ UpdatedAt }: Finding): number {
  return Date.parse(UpdatedAt ?? '')
}

/** Dates are compared in milliseconds. */
function fits(finding: Finding, name: string, condition: Condition): boolean {
  const value = criterionValue(finding, name)
  const { Equals, NotEquals, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual } = condition
  return (
    (!Equals || Equals.includes(String(value))) &&
    !NotEquals?.includes(String(value)) &&
    (GreaterThan === undefined || Number(value) > GreaterThan) &&
    (GreaterThanOrEqual === undefined || Number(value) >= GreaterThanOrEqual) &&
    (LessThan === undefined || Number(value) < LessThan) &&
    (LessThanOrEqual === undefined || Number(value) <= LessThanOrEqual)
  )
}

function criterionValue(finding: Finding, name: string): string | number | boolean | undefined {
  switch (name) {
    case 'updatedAt':
      return time(finding)
    case 'severity':
      return finding.Severity
    case 'accountId':
      return finding.AccountId
    case 'region':
      return finding.Region
    case 'type':
      return finding.Type
    case 'id':
      return finding.Id
    case 'service.archived':
      return finding.Service?.Archived ?? false
    default:
      throw new AwsError('BadRequestException', `The emulator does not know the criterion ${name}.`)
  }
}
