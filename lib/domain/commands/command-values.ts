import type { Facts } from '../findings/facts'
import type { CommandValues } from './command'

/** The parts of a finding that commands are filled in from. */
export interface CommandSubject {
  accountId: string
  region: string
  resourceId: string
  resourceType: string
  otherResources: readonly { id: string; type: string }[]
  sightings: readonly { nativeId: string }[]
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
  for (const { id, type } of [{ id: finding.resourceId, type: finding.resourceType }, ...finding.otherResources]) {
    for (const [form, name] of NAMES) note(name, form.exec(id)?.[1])
    const named = id.startsWith('arn:') ? undefined : TYPES.find(([kind]) => kind.test(type))
    if (named) note(named[1], id)
    note('accessKeyId', /^(?:AWS::IAM::AccessKey:)?(A[KS]IA[A-Z0-9]{12,})$/.exec(id)?.[1])
  }
  if (finding.facts?.kind === 'threat') {
    const { principal, principalType, accessKeyId, remotes, port, detectorId } = finding.facts
    note('accessKeyId', accessKeyId)
    note('remoteIp', remotes[0]?.ip)
    note('localPort', port === null ? null : String(port))
    note('detectorId', detectorId)
    // Without a name, the principal is the id of a user or role.
    const named = /^A(?:IDA|ROA|KIA|SIA)[A-Z0-9]{12,}/.test(principal ?? '') ? null : principal
    if (/role/i.test(principalType ?? '')) note('roleName', named)
    else if (/^root$/i.test(principalType ?? '')) note('userName', 'root')
    else if (/^IAMUser$/i.test(principalType ?? '')) note('userName', named)
  }
  for (const { nativeId } of finding.sightings) {
    const [, detector, id] = /:detector\/([0-9a-f]{32})\/finding\/([0-9a-f]{32})$/.exec(nativeId) ?? []
    note('detectorId', detector)
    note('findingId', id ?? /^([0-9a-f]{32})$/.exec(nativeId)?.[1])
  }
  const key = values.get('accessKeyId')
  if (key?.startsWith('AKIA')) note('longTermKeyId', key)
  return Object.fromEntries(values)
}
