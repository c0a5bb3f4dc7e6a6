import { definitions } from '../../sources/definitions'
import type { Facts, SequenceActor } from '../findings/facts'
import { resourceNameOf } from '../identity/resource-name'
import type { CommandValues } from './command'

/** The parts of a finding that commands are filled in from. */
export interface CommandSubject {
  accountId: string
  region: string
  resourceId: string
  resourceType: string
  otherResources: readonly { id: string; type: string }[]
  sightings: readonly { nativeId: string; source: string }[]
  facts: Facts | null
}

/** ARNs of resources, and the placeholder of the name in each. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const NAMES: readonly (readonly [arn: RegExp, placeholder: string])[] = [
  [/^arn:[^:]*:ec2:[^:]*:\d*:instance\/(.+)$/, 'instanceId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:security-group\/(.+)$/, 'groupId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:snapshot\/(.+)$/, 'snapshotId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:volume\/(.+)$/, 'volumeId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:image\/(.+)$/, 'imageId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:vpc\/(.+)$/, 'vpcId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:network-acl\/(.+)$/, 'networkAclId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:transit-gateway\/(.+)$/, 'transitGatewayId'],
  [/^arn:[^:]*:elasticfilesystem:[^:]*:\d*:file-system\/(.+)$/, 'fileSystemId'],
  [/^arn:[^:]*:iam::\d*:user\/(?:.*\/)?([^/]+)$/, 'userName'],
  [/^arn:[^:]*:iam::\d*:role\/(?:.*\/)?([^/]+)$/, 'roleName'],
  [/^arn:[^:]*:sts::\d*:assumed-role\/([^/]+)\/.*$/, 'roleName'],
  [/^(arn:[^:]*:iam::[^:]*:policy\/.+)$/, 'policyArn'],
  [/^arn:[^:]*:s3:::([^/]+)$/, 'bucket'],
  [/^arn:[^:]*:lambda:[^:]*:\d*:function:([^:]+)(?::.*)?$/, 'functionName'],
  [/^arn:[^:]*:(?:eks|ecs):[^:]*:\d*:cluster\/(.+)$/, 'clusterName'],
  [/^(arn:[^:]*:ecs:[^:]*:\d*:task\/.+)$/, 'taskArn'],
  [/^arn:[^:]*:ecs:[^:]*:\d*:task-definition\/(.+)$/, 'taskDefinition'],
  [/^arn:[^:]*:rds:[^:]*:\d*:db:(.+)$/, 'dbInstance'],
  [/^arn:[^:]*:rds:[^:]*:\d*:(?:cluster-)?snapshot:(.+)$/, 'dbSnapshot'],
  [/^arn:[^:]*:redshift:[^:]*:\d*:cluster:(.+)$/, 'redshiftCluster'],
  [/^arn:[^:]*:kms:[^:]*:\d*:key\/(.+)$/, 'keyId'],
  [/^(arn:[^:]*:kms:[^:]*:\d*:key\/.+)$/, 'keyArn'],
  [/^arn:[^:]*:cloudtrail:[^:]*:\d*:trail\/(.+)$/, 'trailName'],
  [/^(arn:[^:]*:sns:[^:]*:\d*:[^:]+)$/, 'topicArn'],
  [/^(arn:[^:]*:dynamodb:[^:]*:\d*:table\/[^/]+)$/, 'tableArn'],
  [/^arn:[^:]*:dynamodb:[^:]*:\d*:table\/([^/]+)$/, 'tableName'],
  [/^(arn:[^:]*:secretsmanager:[^:]*:\d*:secret:.+)$/, 'secretId'],
  [/^(arn:[^:]*:acm:[^:]*:\d*:certificate\/.+)$/, 'certificateArn'],
  [/^(arn:[^:]*:elasticloadbalancing:[^:]*:\d*:loadbalancer\/.+)$/, 'loadBalancerArn'],
  [/^arn:[^:]*:cloudfront::\d*:distribution\/(.+)$/, 'distributionId'],
  [/^arn:[^:]*:ecr:[^:]*:\d*:repository\/(.+)$/, 'repositoryName'],
  [/^arn:[^:]*:codebuild:[^:]*:\d*:project\/(.+)$/, 'projectName'],
  [/^arn:[^:]*:es:[^:]*:\d*:domain\/(.+)$/, 'domainName'],
  [/^arn:[^:]*:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/, 'logGroup'],
  [/^arn:[^:]*:sagemaker:[^:]*:\d*:notebook-instance\/(.+)$/, 'notebookName'],
  [/^arn:[^:]*:ssm:[^:]*:\d*:document\/(.+)$/, 'documentName'],
  [/^(i-[0-9a-f]+)$/, 'instanceId'],
  [/^(sg-[0-9a-f]+)$/, 'groupId'],
  [/^(vpc-[0-9a-f]+)$/, 'vpcId'],
  [/^(vol-[0-9a-f]+)$/, 'volumeId'],
  [/^(snap-[0-9a-f]+)$/, 'snapshotId'],
]

/** Bare names of resources of a type. */
const TYPES: readonly (readonly [type: RegExp, placeholder: string])[] = [
  [/^AwsS3Bucket$|^AWS::S3::Bucket$/, 'bucket'],
  [/^AwsEksCluster$|^AwsEcsCluster$/, 'clusterName'],
  [/^AwsRdsDbInstance$|^AWS::RDS::DBInstance$/, 'dbInstance'],
  [/^AwsLambdaFunction$|^AWS::Lambda::Function$/, 'functionName'],
  [/^AwsIamUser$|^AWS::IAM::User$/, 'userName'],
  [/^AwsIamRole$|^AWS::IAM::Role$/, 'roleName'],
]

/** The values that a finding has, under the names of placeholders. The first resource of each kind counts. */
export function commandValuesOf(finding: CommandSubject): CommandValues {
  const values = new Map<string, string>()
  const note = (name: string, value: string | null | undefined) => {
    if (value && !values.has(name)) values.set(name, value)
  }
  note('accountId', finding.accountId)
  note('region', finding.region)
  const { partition, globalRegion } = partitionOf(finding.region)
  note('partition', partition)
  note('globalRegion', globalRegion)
  for (const { id, type } of [{ id: finding.resourceId, type: finding.resourceType }, ...finding.otherResources]) {
    for (const [name, value] of namesOf(id, type)) note(name, value)
  }
  for (const [name, value] of generalNames(finding.resourceId)) note(name, value)
  if (finding.facts?.kind === 'threat') {
    const { principal, principalType, accessKeyId, remotes, port, detectorId } = finding.facts
    note('accessKeyId', accessKeyId)
    note('remoteIp', remotes[0]?.ip)
    note('localPort', port === null ? null : String(port))
    note('detectorId', detectorId)
    for (const [name, value] of identityNames(principal, principalType)) note(name, value)
  }
  for (const { nativeId, source } of finding.sightings) {
    const [, detector, id] = /:detector\/([0-9a-f]{32})\/finding\/([0-9a-f]{32})$/.exec(nativeId) ?? []
    note('detectorId', detector)
    note('findingId', id ?? /^([0-9a-f]{32})$/.exec(nativeId)?.[1])
    const named = definitions.find(({ feeds: [feed] }) => feed.id === source)?.commandName
    if (named !== undefined) note(named, nativeId)
  }
  const key = values.get('accessKeyId')
  if (key?.startsWith('AKIA')) note('longTermKeyId', key)
  return Object.fromEntries(values)
}

/** The placeholders that the id of a resource is a value of. */
function namesOf(id: string, type: string): [name: string, value: string][] {
  const found: [string, string | undefined][] = NAMES.map(([form, name]) => [name, form.exec(id)?.[1]])
  const named = id.startsWith('arn:') ? undefined : TYPES.find(([kind]) => kind.test(type))
  if (named) found.push([named[1], id])
  found.push(['accessKeyId', /^(?:AWS::IAM::AccessKey:)?(A[KS]IA[A-Z0-9]{12,})$/.exec(id)?.[1]])
  return found.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []))
}

/** The ARN of any resource and the last part of its name. An account is no resource that a command could change. */
function generalNames(id: string): [name: string, value: string | null][] {
  if (/^(?:AWS::::Account|arn:[^:]*:iam::\d*:root$|\d{12}$)/.test(id)) return []
  return [
    ['resourceArn', id.startsWith('arn:') ? id : null],
    ['resourceName', /[^/:]+$/.exec(resourceNameOf(id))?.[0] ?? null],
  ]
}

/** The name of who acted, by its kind. Without a name, the principal is the id of a user or role. */
function identityNames(principal: string | null, type: string | null): [name: string, value: string | null][] {
  const named = /^A(?:IDA|ROA|KIA|SIA)[A-Z0-9]{12,}/.test(principal ?? '') ? null : principal
  if (/role/i.test(type ?? '')) return [['roleName', named]]
  if (/^root$/i.test(type ?? '')) return [['userName', 'root']]
  return /^IAMUser$/i.test(type ?? '') ? [['userName', named]] : []
}

const IDENTITY = ['userName', 'roleName', 'accessKeyId', 'longTermKeyId'] as const

/**
 * The values of each actor and each resource of an attack sequence, on top of those that all have. Names of different
 * actors are never mixed: a command about one identity has its own key.
 */
export function sequenceValuesOf(finding: CommandSubject): CommandValues[] {
  const facts = finding.facts?.kind === 'threat' ? finding.facts : null
  if (!facts?.sequence) return []
  const values = commandValuesOf(finding)
  const shared = Object.fromEntries(Object.entries(values).filter(([name]) => !IDENTITY.some(each => each === name)))
  const actors = facts.sequence.actors.map(actor => ({ ...shared, ...actorValues(actor) }))
  const ips = facts.remotes.flatMap(({ ip }) => (ip === null ? [] : [{ ...values, remoteIp: ip }]))
  const resources = finding.otherResources.map(({ id, type }) => ({
    ...values,
    ...Object.fromEntries(namesOf(id, type)),
  }))
  return [...actors, ...resources, ...ips]
}

function actorValues({ principal, principalType, accessKeyId }: SequenceActor): CommandValues {
  const names = identityNames(principal, principalType).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  )
  const key =
    accessKeyId === null ? {} : { accessKeyId, ...(accessKeyId.startsWith('AKIA') && { longTermKeyId: accessKeyId }) }
  return { ...Object.fromEntries(names), ...key }
}

/**
 * The partition of a Region, and the Region that serves its global services, where their events are recorded.
 * https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 */
export function partitionOf(region: string): { partition: string; globalRegion: string } {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', globalRegion: 'cn-north-1' }
  if (region.startsWith('us-gov-')) return { partition: 'aws-us-gov', globalRegion: 'us-gov-west-1' }
  if (region.startsWith('eusc-')) return { partition: 'aws-eusc', globalRegion: 'eusc-de-east-1' }
  return { partition: 'aws', globalRegion: 'us-east-1' }
}
