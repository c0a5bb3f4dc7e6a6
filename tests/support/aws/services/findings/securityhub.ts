import type * as SecurityHub from '@aws-sdk/client-securityhub'
import type { AwsSecurityFinding, SortCriterion } from '@aws-sdk/client-securityhub'
import { AwsError } from '../../wire/aws-error'
import type { Call, Handlers } from '../handler'
import { pageOf } from '../handler'
import { fitsOcsfFilters } from './ocsf-filters'
import { fitsFilters } from './securityhub-filters'
import { updateFinding } from './securityhub-update'

const PAGE = 100
const IMPORT = 100

type Names =
  | 'EnableSecurityHub'
  | 'DisableSecurityHub'
  | 'DescribeHub'
  | 'EnableSecurityHubV2'
  | 'DescribeSecurityHubV2'
  | 'BatchImportFindings'
  | 'GetFindings'
  | 'GetFindingsV2'
  | 'BatchUpdateFindings'
  | 'CreateFindingAggregator'
  | 'ListFindingAggregators'
  | 'GetFindingAggregator'
  | 'BatchEnableStandards'
  | 'GetEnabledStandards'
  | 'ListEnabledProductsForImport'
  | 'ListMembers'

export const securityhub: Handlers<typeof SecurityHub, Names> = {
  EnableSecurityHub(_, { store, ...place }) {
    store.set('securityhub.hub', place, true)
    return {}
  },
  DisableSecurityHub(_, { store, ...place }) {
    store.set('securityhub.hub', place, false)
    return {}
  },
  DescribeHub(_, call) {
    requireHub(call)
    return { HubArn: arnOf(call, 'hub/default'), AutoEnableControls: true, ControlFindingGenerator: 'SECURITY_CONTROL' }
  },
  EnableSecurityHubV2(_, call) {
    call.store.set('securityhub.hub-v2', call, true)
    return { HubV2Arn: arnOf(call, 'hubv2/default') }
  },
  DescribeSecurityHubV2(_, call) {
    if (!call.store.get('securityhub.hub-v2', call)) {
      throw new AwsError('ResourceNotFoundException', 'Security Hub V2 is not enabled for this account.', 404)
    }
    return { HubV2Arn: arnOf(call, 'hubv2/default') }
  },
  BatchImportFindings({ Findings = [] }, call) {
    requireHub(call)
    if (Findings.length > IMPORT) throw new AwsError('InvalidInputException', `At most ${IMPORT} findings are allowed.`)
    const own = Findings.filter(({ AwsAccountId }) => AwsAccountId === call.account)
    call.store.put('securityhub.finding', call, ...own.map(finding => ({ Region: call.region, ...finding })))
    const failed = Findings.filter(finding => !own.includes(finding)).map(({ Id }) => ({
      Id,
      ErrorCode: 'InvalidInput',
      ErrorMessage: 'The finding is of another account.',
    }))
    return { SuccessCount: own.length, FailedCount: failed.length, FailedFindings: failed }
  },
  GetFindings({ Filters = {}, SortCriteria = [], NextToken, MaxResults = PAGE }, call) {
    requireHub(call)
    if (MaxResults < 1 || MaxResults > PAGE) {
      throw new AwsError('InvalidInputException', `MaxResults must be from 1 to ${PAGE}.`)
    }
    const fitting = visible(call).filter(finding => fitsFilters(finding, Filters, call.now))
    const { items, next } = pageOf(sorted(fitting, SortCriteria[0]), NextToken, MaxResults)
    return { Findings: items, NextToken: next }
  },
  GetFindingsV2({ Filters, NextToken, MaxResults = PAGE }, call) {
    if (!call.store.get('securityhub.hub-v2', call)) {
      throw new AwsError('AccessDeniedException', 'Security Hub V2 is not enabled for this account.', 403)
    }
    const all = seenPlaces(call).flatMap(place => call.store.list('securityhub.finding-v2', place))
    const fitting = all.filter(finding => fitsOcsfFilters(finding, Filters, call.now))
    const { items, next } = pageOf(fitting, NextToken, MaxResults)
    return { Findings: items as never, NextToken: next }
  },
  BatchUpdateFindings({ FindingIdentifiers = [], ...update }, call) {
    requireHub(call)
    const processed: { Id: string; ProductArn: string }[] = []
    const missing: {
      FindingIdentifier: { Id: string; ProductArn: string }
      ErrorCode: string
      ErrorMessage: string
    }[] = []
    for (const { Id = '', ProductArn = '' } of FindingIdentifiers) {
      const place = seenPlaces(call).find(at => call.store.list('securityhub.finding', at).some(one => one.Id === Id))
      const finding = place && call.store.list('securityhub.finding', place).find(one => one.Id === Id)
      if (place && finding) {
        call.store.put('securityhub.finding', place, updateFinding(finding, update, call))
        processed.push({ Id, ProductArn })
      } else {
        const FindingIdentifier = { Id, ProductArn }
        missing.push({ FindingIdentifier, ErrorCode: 'FindingNotFound', ErrorMessage: 'Finding Not Found' })
      }
    }
    return { ProcessedFindings: processed, UnprocessedFindings: missing }
  },
  CreateFindingAggregator({ RegionLinkingMode, Regions }, call) {
    requireHub(call)
    const FindingAggregatorArn = arnOf(call, `finding-aggregator/${call.account}`)
    call.store.put('securityhub.aggregator', call, { FindingAggregatorArn })
    const linked = { FindingAggregationRegion: call.region, RegionLinkingMode, Regions: Regions ?? [] }
    call.store.set('securityhub.linked', { account: call.account }, linked)
    return { FindingAggregatorArn, ...linked }
  },
  ListFindingAggregators(_, call) {
    requireHub(call)
    return { FindingAggregators: call.store.list('securityhub.aggregator', aggregationPlace(call)) }
  },
  GetFindingAggregator({ FindingAggregatorArn }, call) {
    const linked = call.store.get('securityhub.linked', { account: call.account })
    if (!linked) throw new AwsError('ResourceNotFoundException', 'Could not find the finding aggregator.', 404)
    return { FindingAggregatorArn, ...linked, Regions: [...linked.Regions] }
  },
  BatchEnableStandards({ StandardsSubscriptionRequests = [] }, call) {
    requireHub(call)
    const subscriptions = StandardsSubscriptionRequests.map(({ StandardsArn }) => ({
      StandardsSubscriptionArn: arnOf(
        call,
        `subscription/${String(StandardsArn)
          .split(/[:/]+standards?\//)
          .at(-1)}`,
      ),
      StandardsArn,
      StandardsInput: {},
      StandardsStatus: 'READY' as const,
    }))
    call.store.put('securityhub.standard', call, ...subscriptions)
    return { StandardsSubscriptions: subscriptions }
  },
  GetEnabledStandards({ NextToken, MaxResults = PAGE }, call) {
    requireHub(call)
    const { items, next } = pageOf(call.store.list('securityhub.standard', call), NextToken, MaxResults)
    return { StandardsSubscriptions: items, NextToken: next }
  },
  ListMembers({ NextToken, MaxResults = 50 }, call) {
    requireHub(call)
    const members = call.store.get('securityhub.members', { account: call.account }).map(AccountId => {
      return { AccountId, AdministratorId: call.account, MasterId: call.account, MemberStatus: 'Enabled' }
    })
    const { items, next } = pageOf(members, NextToken, MaxResults)
    return { Members: items, NextToken: next }
  },
  ListEnabledProductsForImport(_, call) {
    requireHub(call)
    return { ProductSubscriptions: [arnOf(call, 'product-subscription/aws/securityhub')] }
  },
}

function requireHub({ store, account, region }: Call): void {
  if (store.get('securityhub.hub', { account, region })) return
  throw new AwsError('InvalidAccessException', `Account ${account} is not subscribed to AWS Security Hub`, 401)
}

function arnOf({ account, region }: Call, resource: string): string {
  return `arn:aws:securityhub:${region}:${account}:${resource}`
}

function aggregationPlace({ account, region, store }: Call) {
  const linked = store.get('securityhub.linked', { account })
  return { account, region: linked?.FindingAggregationRegion ?? region }
}

/** The accounts and Regions whose findings show here: those of members, and those of linked Regions in the aggregation Region. */
function seenPlaces({ account, region, store, regions }: Call): { account: string; region: string }[] {
  const linked = store.get('securityhub.linked', { account })
  const isHome = linked?.FindingAggregationRegion === region
  const others = linked?.RegionLinkingMode === 'SPECIFIED_REGIONS' ? linked.Regions : regions
  const inRegions = isHome ? [...new Set([region, ...others])] : [region]
  const accounts = [account, ...store.get('securityhub.members', { account })]
  return accounts.flatMap(one => inRegions.map(at => ({ account: one, region: at })))
}

function visible(call: Call): AwsSecurityFinding[] {
  return seenPlaces(call).flatMap(place => call.store.list('securityhub.finding', place))
}

function sorted(findings: AwsSecurityFinding[], by: SortCriterion | undefined): AwsSecurityFinding[] {
  if (!by) return findings
  if (by.Field !== 'UpdatedAt')
    throw new AwsError('InvalidInputException', `The emulator does not sort by ${by.Field}.`)
  const sign = by.SortOrder === 'desc' ? -1 : 1
  return findings.toSorted((a, b) => sign * String(a.UpdatedAt).localeCompare(String(b.UpdatedAt)))
}
