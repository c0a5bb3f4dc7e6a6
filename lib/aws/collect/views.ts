import 'server-only'
import { AccountId } from '../../domain/accounts/account-id'
import type { CollectorId } from '../../domain/collection/collectors'
import type { OutputOf } from '../operations'
import type { CellCalls } from './collector'
import { itemsOf } from './paging'

/** The accounts and Regions that the administrator of a service sees in one Region. */
export interface View {
  /** Where the findings of this Region are read: another Region where they are aggregated there. */
  readonly home: string
  /** Accounts whose findings show there in all of `regions`. */
  readonly members: readonly AccountId[]
  /** Regions whose findings show there. */
  readonly regions: readonly string[]
}

interface Place {
  readonly region: string
  /** Regions that the administrator has enabled. */
  readonly enabled: readonly string[]
  callsIn(region: string): CellCalls
}

/** The members of an administrator in one Region, by collector. */
const MEMBERS: Partial<Record<CollectorId, (calls: CellCalls) => Promise<AccountId[]>>> = {
  'security-hub': securityHubMembers,
  guardduty: guardDutyMembers,
  inspector: inspectorMembers,
  macie: macieMembers,
}

/** The view of an account in a Region; null where it sees its own findings alone. Throws AwsFailure. */
export async function viewOf(collector: CollectorId, place: Place): Promise<View | null> {
  const membersOf = MEMBERS[collector]
  if (!membersOf) return null
  const { region, callsIn } = place
  const regions = collector === 'security-hub' ? await linkedRegions(place) : [region]
  const [home = region] = regions
  if (home !== region) return { home, members: [], regions }
  const lists = await Promise.all(regions.map(each => membersOf(callsIn(each))))
  const [first = [], ...others] = lists
  const members = first.filter(account => others.every(list => list.includes(account)))
  return members.length === 0 && regions.length === 1 ? null : { home, members, regions }
}

/**
 * The Regions that are read together with this one, that of the aggregation first.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingAggregator.html
 */
async function linkedRegions({ region, enabled, callsIn }: Place): Promise<string[]> {
  const { FindingAggregators = [] } = await callsIn(region).call('securityhub:ListFindingAggregators', {})
  const arn = FindingAggregators[0]?.FindingAggregatorArn
  const home = arn?.split(':')[3]
  if (arn === undefined || home === undefined || !enabled.includes(home)) return [region]
  const aggregator = await callsIn(home).call('securityhub:GetFindingAggregator', { FindingAggregatorArn: arn })
  const linked = [home, ...enabled.filter(each => each !== home && isLinked(each, aggregator))]
  return linked.includes(region) ? linked : [region]
}

function isLinked(
  region: string,
  { RegionLinkingMode: mode, Regions = [] }: OutputOf<'securityhub:GetFindingAggregator'>,
): boolean {
  if (mode === 'ALL_REGIONS') return true
  if (mode === 'ALL_REGIONS_EXCEPT_SPECIFIED') return !Regions.includes(region)
  return mode === 'SPECIFIED_REGIONS' && Regions.includes(region)
}

async function securityHubMembers(calls: CellCalls): Promise<AccountId[]> {
  const input = { OnlyAssociated: true }
  const members = await itemsOf(
    calls,
    'securityhub:ListMembers',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Members,
  )
  return accounts(members.map(({ AccountId: id, MemberStatus }) => ({ id, isEnabled: MemberStatus === 'Enabled' })))
}

async function guardDutyMembers(calls: CellCalls): Promise<AccountId[]> {
  const { DetectorIds: [DetectorId] = [] } = await calls.call('guardduty:ListDetectors', { MaxResults: 1 })
  if (DetectorId === undefined) return []
  const input = { DetectorId, OnlyAssociated: 'true' }
  const members = await itemsOf(
    calls,
    'guardduty:ListMembers',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Members,
  )
  return accounts(
    members.map(({ AccountId: id, RelationshipStatus: status }) => ({ id, isEnabled: status === 'Enabled' })),
  )
}

async function inspectorMembers(calls: CellCalls): Promise<AccountId[]> {
  const input = { onlyAssociated: true }
  const members = await itemsOf(
    calls,
    'inspector2:ListMembers',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    answer => answer.members,
  )
  return accounts(
    members.map(({ accountId: id, relationshipStatus: status }) => ({ id, isEnabled: status === 'ENABLED' })),
  )
}

async function macieMembers(calls: CellCalls): Promise<AccountId[]> {
  const input = { onlyAssociated: 'true' }
  const members = await itemsOf(
    calls,
    'macie2:ListMembers',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    answer => answer.members,
  )
  return accounts(
    members.map(({ accountId: id, relationshipStatus: status }) => ({ id, isEnabled: status === 'Enabled' })),
  )
}

function accounts(members: readonly { id: string | undefined; isEnabled: boolean }[]): AccountId[] {
  return members.flatMap(({ id, isEnabled }) => (isEnabled && id !== undefined ? AccountId.parse(id) : []))
}

/** The account and Region of a finding as its service writes it; those of the call where it names none. */
export function placeOf(record: object, calls: Pick<CellCalls, 'account' | 'region'>): string {
  const text = (...names: string[]) =>
    names.map(name => (record as Record<string, unknown>)[name]).find(value => typeof value === 'string')
  return `${text('AwsAccountId', 'awsAccountId', 'AccountId', 'accountId') ?? calls.account} ${text('Region') ?? calls.region}`
}
