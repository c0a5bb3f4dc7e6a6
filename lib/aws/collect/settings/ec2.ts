import 'server-only'
import type { Instance, IpPermission } from '@aws-sdk/client-ec2'
import type { WrittenType } from '../../../domain/collection/resources/written-types'
import { partitionOf } from '../../../domain/commands/command-values'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector } from '../collector'
import { accountArn, inventoryOf } from '../inventory'
import { type NestedPage, type Parts, pagesOfParts } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { ordered, tagsOf } from '../plain'

/** A filter of flow logs takes 200 values. */
const VPC_PAGE = 100
const PAGE = 1000
const GONE = 'terminated'

const parts: Parts = { defaults, groups, instances, networks }

/** Defaults of Amazon EC2 in a Region, networks with their flow logs, security groups, and instances. */
export const ec2: Collector = { id: 'ec2', collect: (calls, from) => pagesOfParts(calls, from, parts) }

async function* defaults(calls: CellCalls): AsyncGenerator<NestedPage> {
  const [encryption, snapshots, images, metadata] = await Promise.all([
    calls.call('ec2:GetEbsEncryptionByDefault', {}),
    calls.call('ec2:GetSnapshotBlockPublicAccessState', {}),
    calls.call('ec2:GetImageBlockPublicAccessState', {}),
    calls.call('ec2:GetInstanceMetadataDefaults', {}),
  ])
  const data = {
    ebsEncryption: encryption.EbsEncryptionByDefault ?? false,
    snapshotBlock: snapshots.State ?? null,
    imageBlock: images.ImageBlockPublicAccessState ?? null,
    httpTokens: metadata.AccountLevel?.HttpTokens ?? null,
    httpTokensEnforced: metadata.AccountLevel?.HttpTokensEnforced ?? null,
  }
  const { account: name, region } = calls
  const resource = { type: 'AWS::EC2::AccountSettings' as const, arn: accountArn(calls), name, region, data }
  yield { records: [inventoryOf(calls, resource)], next: null }
}

async function* networks(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: VPC_PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'ec2:DescribeVpcs'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'ec2:DescribeVpcs', input, paging, from)) {
    // Networks that other accounts share with this one are theirs.
    const vpcs = (answer.Vpcs ?? []).filter(isOwn(calls))
    const logs = await flowLogs(
      calls,
      vpcs.map(({ VpcId = '' }) => VpcId),
    )
    const records = vpcs.map(({ VpcId = '', IsDefault, Tags }) => {
      const of = logs.filter(({ ResourceId }) => ResourceId === VpcId)
      const flows = ordered(of, ({ FlowLogId }) => FlowLogId ?? '').map(log => {
        const { FlowLogStatus: status, TrafficType: traffic, DeliverLogsStatus: delivery } = log
        return { id: log.FlowLogId, status, traffic, delivery: delivery ?? null }
      })
      const data = { isDefault: IsDefault ?? false, flowLogs: flows, tags: tagsOf(Tags) }
      return recordOf(calls, 'AWS::EC2::VPC', `vpc/${VpcId}`, VpcId, data)
    })
    yield { records, next }
  }
}

async function flowLogs(calls: CellCalls, vpcs: readonly string[]) {
  if (vpcs.length === 0) return []
  const input = { Filter: [{ Name: 'resource-id', Values: [...vpcs] }] }
  return itemsOf(
    calls,
    'ec2:DescribeFlowLogs',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.FlowLogs,
  )
}

async function* groups(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'ec2:DescribeSecurityGroups'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'ec2:DescribeSecurityGroups', input, paging, from)) {
    const own = (answer.SecurityGroups ?? []).filter(isOwn(calls))
    const records = own.map(({ GroupId = '', GroupName = '', VpcId, ...group }) => {
      const data = {
        vpc: VpcId ?? null,
        ingress: rulesOf(group.IpPermissions),
        egress: rulesOf(group.IpPermissionsEgress),
        tags: tagsOf(group.Tags),
      }
      return recordOf(calls, 'AWS::EC2::SecurityGroup', `security-group/${GroupId}`, GroupName, data)
    })
    yield { records, next }
  }
}

/** Rules in an order that does not change between answers. */
function rulesOf(rules: readonly IpPermission[] | undefined) {
  const read = (rules ?? []).map(rule => ({
    protocol: rule.IpProtocol ?? '-1',
    from: rule.FromPort ?? null,
    to: rule.ToPort ?? null,
    ipv4: (rule.IpRanges ?? []).map(({ CidrIp = '' }) => CidrIp).sort(),
    ipv6: (rule.Ipv6Ranges ?? []).map(({ CidrIpv6 = '' }) => CidrIpv6).sort(),
    prefixLists: (rule.PrefixListIds ?? []).map(({ PrefixListId = '' }) => PrefixListId).sort(),
    groups: (rule.UserIdGroupPairs ?? []).map(({ GroupId = '' }) => GroupId).sort(),
  }))
  return ordered(read, rule => JSON.stringify(rule))
}

async function* instances(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'ec2:DescribeInstances'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'ec2:DescribeInstances', input, paging, from)) {
    const found = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])
    const alive = found.filter(({ State }) => State?.Name !== GONE)
    yield { records: alive.map(instance => instanceOf(calls, instance)), next }
  }
}

function instanceOf(calls: CellCalls, { InstanceId = '', ...instance }: Instance) {
  const tags = tagsOf(instance.Tags)
  const data = {
    state: instance.State?.Name ?? null,
    launchedAt: instance.LaunchTime,
    httpTokens: instance.MetadataOptions?.HttpTokens ?? null,
    httpEndpoint: instance.MetadataOptions?.HttpEndpoint ?? null,
    publicIp: instance.PublicIpAddress ?? null,
    publicDnsName: instance.PublicDnsName || null,
    vpc: instance.VpcId ?? null,
    subnet: instance.SubnetId ?? null,
    groups: (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId).sort(),
    tags,
  }
  return recordOf(calls, 'AWS::EC2::Instance', `instance/${InstanceId}`, tags.Name || InstanceId, data)
}

function isOwn({ account }: CellCalls) {
  return ({ OwnerId }: { OwnerId?: string | undefined }) => OwnerId === undefined || OwnerId === account
}

function recordOf(calls: CellCalls, type: WrittenType, part: string, name: string, data: Record<string, unknown>) {
  const { account, region } = calls
  const arn = `arn:${partitionOf(region).partition}:ec2:${region}:${account}:${part}`
  return inventoryOf(calls, { type, arn, name, region, data })
}
