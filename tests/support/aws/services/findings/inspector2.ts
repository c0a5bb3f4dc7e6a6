import type * as Inspector from '@aws-sdk/client-inspector2'
import type { CoverageFilterCriteria, CoveredResource, FilterCriteria, Finding } from '@aws-sdk/client-inspector2'
import { AwsError } from '../../wire/aws-error'
import { type Handlers, pageOf, seenBy } from '../handler'

const PAGE = 100

const COVERAGE_PAGE = 200

type Names = 'ListFindings' | 'BatchGetAccountStatus' | 'ListCoverage' | 'ListMembers'

export const inspector2: Handlers<typeof Inspector, Names> = {
  ListCoverage({ filterCriteria = {}, nextToken, maxResults = COVERAGE_PAGE }, call) {
    if (maxResults > COVERAGE_PAGE) {
      throw new AwsError('ValidationException', `maxResults must be at most ${COVERAGE_PAGE}.`)
    }
    const all = seenBy(call, 'inspector2.members').flatMap(place => call.store.list('inspector2.coverage', place))
    const fitting = all.filter(resource => fitsCoverage(resource, filterCriteria))
    const { items, next } = pageOf(fitting, nextToken, maxResults)
    return { coveredResources: items, nextToken: next }
  },
  ListFindings({ filterCriteria = {}, nextToken, maxResults = PAGE }, call) {
    if (call.store.get('inspector2.status', call) !== 'ENABLED') {
      throw new AwsError('AccessDeniedException', `Invoking account is not enabled for Inspector: ${call.account}`, 403)
    }
    if (maxResults > PAGE) throw new AwsError('ValidationException', `maxResults must be at most ${PAGE}.`)
    const all = seenBy(call, 'inspector2.members').flatMap(place => call.store.list('inspector2.finding', place))
    const fitting = all.filter(finding => fits(finding, filterCriteria))
    const { items, next } = pageOf(fitting, nextToken, maxResults)
    return { findings: items, nextToken: next }
  },
  BatchGetAccountStatus({ accountIds }, call) {
    const ids = accountIds?.length ? accountIds : [call.account]
    const accounts = ids.map(accountId => {
      const status = call.store.get('inspector2.status', { account: accountId, region: call.region })
      const state = { status, errorCode: 'ALREADY_ENABLED' as const, errorMessage: '' }
      return { accountId, state, resourceState: { ec2: state, ecr: state, lambda: state } }
    })
    return { accounts, failedAccounts: [] }
  },
  ListMembers(_, { store, account }) {
    const members = store.get('inspector2.members', { account })
    return {
      members: members.map(accountId => {
        return { accountId, delegatedAdminAccountId: account, relationshipStatus: 'ENABLED' as const }
      }),
    }
  },
}

function fits(finding: Finding, criteria: FilterCriteria): boolean {
  return Object.entries(criteria).every(([name, wanted]) => {
    if (name === 'findingStatus') return (wanted as { value: string }[]).some(({ value }) => value === finding.status)
    if (name === 'awsAccountId')
      return (wanted as { value: string }[]).some(({ value }) => value === finding.awsAccountId)
    if (name === 'updatedAt') {
      const at = finding.updatedAt?.getTime() ?? 0
      const ranges = wanted as { startInclusive?: Date; endInclusive?: Date }[]
      return ranges.some(
        ({ startInclusive, endInclusive }) =>
          (!startInclusive || at >= startInclusive.getTime()) && (!endInclusive || at <= endInclusive.getTime()),
      )
    }
    throw new AwsError('ValidationException', `The emulator does not know the filter ${name}.`)
  })
}

/** Values of one filter are alternatives. */
function fitsCoverage({ accountId, scanStatus }: CoveredResource, criteria: CoverageFilterCriteria): boolean {
  const { accountId: accounts, scanStatusCode: codes, scanStatusReason: reasons, ...others } = criteria
  const unknown = Object.entries(others).find(([, value]) => value !== undefined)
  if (unknown) throw new AwsError('ValidationException', `The emulator does not know ${unknown[0]}.`)
  const fits = (filters: { value: string | undefined }[] | undefined, value: string | undefined) =>
    !filters || filters.some(one => one.value === value)
  if ((reasons?.length ?? 0) > 10) throw new AwsError('ValidationException', 'At most 10 values are allowed.')
  return fits(accounts, accountId) && fits(codes, scanStatus?.statusCode) && fits(reasons, scanStatus?.reason)
}
