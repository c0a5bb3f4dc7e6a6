import { partitionOf } from '../commands/command-values'
import { consoleHosts } from '../threats/console-link'

/** The parts of an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
interface Arn {
  text: string
  partition: string
  service: string
  region: string
  accountId: string
  resource: string
}

/**
 * Pages of resources in AWS's console, by the service of the ARN. A pattern matches the last part of the ARN; `{1}` is its
 * first group, percent-encoded, `{region}`, `{account}` and `{arn}` are those of the ARN. Only names that AWS allows match.
 */
const PAGES: Readonly<Record<string, readonly [RegExp, string][]>> = {
  s3: [
    [/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/, 's3/buckets/{1}'],
    [/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([\w!.*'()/-]+)$/, 's3/object/{1}?prefix={2}'],
  ],
  ec2: [
    [/^instance\/(i-[0-9a-f]+)$/, 'ec2/home?region={region}#InstanceDetails:instanceId={1}'],
    [/^security-group\/(sg-[0-9a-f]+)$/, 'ec2/home?region={region}#SecurityGroup:groupId={1}'],
    [/^volume\/(vol-[0-9a-f]+)$/, 'ec2/home?region={region}#VolumeDetails:volumeId={1}'],
    [/^snapshot\/(snap-[0-9a-f]+)$/, 'ec2/home?region={region}#SnapshotDetails:snapshotId={1}'],
    [/^image\/(ami-[0-9a-f]+)$/, 'ec2/home?region={region}#ImageDetails:imageId={1}'],
    [/^network-interface\/(eni-[0-9a-f]+)$/, 'ec2/home?region={region}#NetworkInterface:networkInterfaceId={1}'],
    [/^elastic-ip\/(eipalloc-[0-9a-f]+)$/, 'ec2/home?region={region}#ElasticIpDetails:AllocationId={1}'],
    [/^vpc\/(vpc-[0-9a-f]+)$/, 'vpcconsole/home?region={region}#VpcDetails:VpcId={1}'],
    [/^subnet\/(subnet-[0-9a-f]+)$/, 'vpcconsole/home?region={region}#SubnetDetails:subnetId={1}'],
    [/^network-acl\/(acl-[0-9a-f]+)$/, 'vpcconsole/home?region={region}#NetworkAclDetails:networkAclId={1}'],
  ],
  elasticloadbalancing: [
    [
      /^loadbalancer\/(?:app|net|gwy)\/([\w-]+)\/[0-9a-f]+$/,
      'ec2/home?region={region}#LoadBalancer:loadBalancerArn={arn}',
    ],
    [/^loadbalancer\/([\w-]+)$/, 'ec2/home?region={region}#LoadBalancers:search={1}'],
  ],
  autoscaling: [
    [
      /^autoScalingGroup:[0-9a-f-]+:autoScalingGroupName\/([\w .:/@-]+)$/,
      'ec2/home?region={region}#AutoScalingGroupDetails:id={1}',
    ],
  ],
  rds: [
    [/^db:([a-z][a-z0-9-]*)$/i, 'rds/home?region={region}#database:id={1};is-cluster=false'],
    [/^cluster:([a-z][a-z0-9-]*)$/i, 'rds/home?region={region}#database:id={1};is-cluster=true'],
    [/^snapshot:([a-z][\w:-]*)$/i, 'rds/home?region={region}#db-snapshot:id={1}'],
  ],
  iam: [
    [/^user\/(?:.*\/)?([\w+=,.@-]+)$/, 'iam/home#/users/details/{1}'],
    [/^role\/(?:.*\/)?([\w+=,.@-]+)$/, 'iam/home#/roles/details/{1}'],
    [/^group\/(?:.*\/)?([\w+=,.@-]+)$/, 'iam/home#/groups/details/{1}'],
    [/^policy\/(?:.*\/)?([\w+=,.@-]+)$/, 'iam/home#/policies/details/{arn}'],
  ],
  lambda: [[/^function:([\w-]+)(?::[\w$-]+)?$/, 'lambda/home?region={region}#/functions/{1}']],
  kms: [[/^key\/([\w-]+)$/, 'kms/home?region={region}#/kms/keys/{1}']],
  cloudtrail: [[/^trail\/([\w.-]+)$/, 'cloudtrailv2/home?region={region}#/trails/{arn}']],
  ecr: [
    [
      /^repository\/([a-z0-9._/-]+)\/(sha256:[0-9a-f]{64})$/,
      'ecr/repositories/private/{account}/{1}/_/image/{2}/details?region={region}',
    ],
    [/^repository\/([a-z0-9._/-]+)$/, 'ecr/repositories/private/{account}/{1}?region={region}'],
  ],
  ecs: [
    [/^cluster\/([\w-]+)$/, 'ecs/v2/clusters/{1}?region={region}'],
    [/^service\/([\w-]+)\/([\w-]+)$/, 'ecs/v2/clusters/{1}/services/{2}?region={region}'],
    [/^task-definition\/([\w-]+):(\d+)$/, 'ecs/v2/task-definitions/{1}/{2}?region={region}'],
  ],
  eks: [[/^cluster\/([\w-]+)$/, 'eks/home?region={region}#/clusters/{1}']],
  cloudfront: [[/^distribution\/([A-Z0-9]+)$/, 'cloudfront/v4/home#/distributions/{1}']],
  sns: [[/^([\w-]+(?:\.fifo)?)$/, 'sns/v3/home?region={region}#/topic/{arn}']],
  dynamodb: [[/^table\/([\w.-]+)$/, 'dynamodbv2/home?region={region}#table?name={1}']],
  secretsmanager: [[/^secret:([\w/+=.@-]+)-[A-Za-z0-9]{6}$/, 'secretsmanager/secret?name={1}&region={region}']],
  redshift: [[/^cluster:([a-z][a-z0-9-]*)$/, 'redshiftv2/home?region={region}#/cluster-details?cluster={1}']],
  es: [[/^domain\/([a-z][a-z0-9-]*)$/, 'aos/home?region={region}#opensearch/domains/{1}']],
  acm: [[/^certificate\/([0-9a-f-]+)$/, 'acm/home?region={region}#/certificates/{1}']],
  elasticfilesystem: [[/^file-system\/(fs-[0-9a-f]+)$/, 'efs/home?region={region}#/file-systems/{1}']],
  states: [[/^stateMachine:([\w-]+)$/, 'states/home?region={region}#/statemachines/view/{arn}']],
  codebuild: [[/^project\/([\w-]+)$/, 'codesuite/codebuild/{account}/projects/{1}?region={region}']],
}

/** Services whose resources are in no Region of the console. */
const GLOBAL = new Set(['s3', 'iam', 'cloudfront'])
const GLOBAL_REGIONS = ['us-east-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1']
const ARN = /^arn:(aws|aws-cn|aws-us-gov|aws-eusc):([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:(.+)$/
const REGION = /^(?!us-iso)[a-z]{2,4}(?:-[a-z]+)+-\d$/
/** Ids that say by themselves what they are: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
const BARE: readonly [RegExp, string][] = [
  [/^i-[0-9a-f]+$/, 'instance'],
  [/^sg-[0-9a-f]+$/, 'security-group'],
  [/^vol-[0-9a-f]+$/, 'volume'],
  [/^snap-[0-9a-f]+$/, 'snapshot'],
  [/^ami-[0-9a-f]+$/, 'image'],
  [/^eni-[0-9a-f]+$/, 'network-interface'],
  [/^vpc-[0-9a-f]+$/, 'vpc'],
  [/^subnet-[0-9a-f]+$/, 'subnet'],
  [/^acl-[0-9a-f]+$/, 'network-acl'],
]

interface Located {
  accountId: string
  /** AWS Region, or "global". */
  region: string
  resourceId: string
}

/** The page of a resource in AWS's console; null where none is known for sure. */
export function resourceConsoleLink(resource: Located): string | null {
  const arn = arnOf(resource)
  if (!arn) return null
  const isGlobal = GLOBAL.has(arn.service)
  // IAM has no Region in an ARN: the partition decides which console it is.
  const region = isGlobal ? regionIn(arn.partition, resource.region) : arn.region
  if (!REGION.test(region) || partitionIn(region) !== arn.partition) return null
  const path = arn.service === 'sqs' ? queuePath(arn) : arn.service === 'logs' ? logGroupPath(arn) : pagePath(arn)
  return path === null ? null : `https://${consoleHosts[arn.partition]}/${path}`
}

function arnOf({ resourceId, region, accountId }: Located): Arn | null {
  const found = ARN.exec(resourceId)
  if (found) {
    const [text, partition = '', service = '', ownRegion = '', account = '', resource = ''] = found
    return { text, partition, service, region: ownRegion, accountId: account || accountId, resource }
  }
  const kind = BARE.find(([id]) => id.test(resourceId))?.[1]
  if (!kind || !REGION.test(region)) return null
  const resource = `${kind}/${resourceId}`
  const partition = partitionIn(region)
  const text = `arn:${partition}:ec2:${region}:${accountId}:${resource}`
  return { text, partition, service: 'ec2', region, accountId, resource }
}

function partitionIn(region: string): string {
  return partitionOf(region).partition
}

/** The Region of the finding where it is in the partition, else one of the partition. */
function regionIn(partition: string, region: string): string {
  if (REGION.test(region) && partitionIn(region) === partition) return region
  return GLOBAL_REGIONS.find(each => partitionIn(each) === partition) ?? ''
}

function pagePath({ text, service, region, accountId, resource }: Arn): string | null {
  for (const [pattern, page] of Object.hasOwn(PAGES, service) ? (PAGES[service] ?? []) : []) {
    const found = pattern.exec(resource)
    if (!found) continue
    const values: Record<string, string> = {
      region,
      account: accountId,
      arn: text,
      1: found[1] ?? '',
      2: found[2] ?? '',
    }
    return page.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  }
  return null
}

/** The console names a queue by its address. */
function queuePath({ region, accountId, resource }: Arn): string | null {
  if (!/^[\w-]{1,80}(?:\.fifo)?$/.test(resource)) return null
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const address = `https://sqs.${region}.${domain}/${accountId}/${resource}`
  return `sqs/v3/home?region=${region}#/queues/${encodeURIComponent(address)}`
}

/** CloudWatch encodes names of log groups twice, with a dollar sign for the percent sign. */
function logGroupPath({ region, resource }: Arn): string | null {
  const name = /^log-group:([\w./#-]+)(?::\*)?$/.exec(resource)?.[1]
  if (!name) return null
  const encoded = encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$')
  return `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encoded}`
}
