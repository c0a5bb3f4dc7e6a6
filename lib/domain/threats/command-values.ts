import type { CommandValues } from './command'
import type { Platform } from './threat-type'

/** The parts of a finding that commands are filled in from. */
export interface ThreatSubject {
  accountId: string
  region: string
  resourceId: string
  resourceType: string
  otherResources: readonly { id: string; type: string }[]
  sightings: readonly { nativeId: string }[]
}

export const identities = ['user', 'role', 'root'] as const
export type Identity = (typeof identities)[number]

/** ARNs of resources, and the placeholder of the name in each. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const NAMES: readonly (readonly [arn: RegExp, placeholder: string])[] = [
  [/^arn:[^:]*:ec2:[^:]*:\d*:instance\/(.+)$/, 'instanceId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:security-group\/(.+)$/, 'groupId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:snapshot\/(.+)$/, 'snapshotId'],
  [/^arn:[^:]*:ec2:[^:]*:\d*:image\/(.+)$/, 'imageId'],
  [/^arn:[^:]*:iam::\d*:user\/(?:.*\/)?([^/]+)$/, 'userName'],
  [/^arn:[^:]*:iam::\d*:role\/(?:.*\/)?([^/]+)$/, 'roleName'],
  [/^arn:[^:]*:sts::\d*:assumed-role\/([^/]+)\/.*$/, 'roleName'],
  [/^arn:[^:]*:s3:::([^/]+)$/, 'bucket'],
  [/^arn:[^:]*:lambda:[^:]*:\d*:function:([^:]+)(?::.*)?$/, 'functionName'],
  [/^arn:[^:]*:(?:eks|ecs):[^:]*:\d*:cluster\/(.+)$/, 'clusterName'],
  [/^(arn:[^:]*:ecs:[^:]*:\d*:task\/.+)$/, 'taskArn'],
  [/^arn:[^:]*:rds:[^:]*:\d*:db:(.+)$/, 'dbInstance'],
  [/^(i-[0-9a-f]+)$/, 'instanceId'],
]

/** Bare names of resources of a type. */
const TYPES: readonly (readonly [type: RegExp, placeholder: string])[] = [
  [/^AwsS3Bucket$/, 'bucket'],
  [/^AwsEksCluster$|^AwsEcsCluster$/, 'clusterName'],
  [/^AwsRdsDbInstance$/, 'dbInstance'],
  [/^AwsLambdaFunction$/, 'functionName'],
]

/** The values that a finding has, under the names of placeholders. The first resource of each kind counts. */
export function commandValuesOf(finding: ThreatSubject): CommandValues {
  const values = new Map<string, string>()
  const note = (name: string, value: string) => {
    if (!values.has(name)) values.set(name, value)
  }
  note('accountId', finding.accountId)
  note('region', finding.region)
  for (const { id, type } of [{ id: finding.resourceId, type: finding.resourceType }, ...finding.otherResources]) {
    for (const [form, name] of NAMES) {
      const found = form.exec(id)?.[1]
      if (found) note(name, found)
    }
    const named = id.startsWith('arn:') ? undefined : TYPES.find(([kind]) => kind.test(type))
    if (named) note(named[1], id)
    const key = /^(?:AWS::IAM::AccessKey:)?(A[KS]IA[A-Z0-9]{12,})$/.exec(id)?.[1]
    if (key) note('accessKeyId', key)
  }
  for (const { nativeId } of finding.sightings) {
    const [, detector, arnId] =
      /:guardduty:[^:]*:\d*:detector\/([0-9a-f]{32})\/finding\/([0-9a-f]{32})$/.exec(nativeId) ?? []
    if (detector) note('detectorId', detector)
    const id = arnId ?? /^([0-9a-f]{32})$/.exec(nativeId)?.[1]
    if (id) note('findingId', id)
  }
  const key = values.get('accessKeyId')
  if (key?.startsWith('AKIA')) note('longTermKeyId', key)
  return Object.fromEntries(values)
}

/** Who acted, if the values show it; null if unknown. */
export function identityOf(values: CommandValues): Identity | null {
  if (values.roleName !== undefined) return 'role'
  if (values.userName !== undefined) return /^root$|^<root_account>$/i.test(values.userName) ? 'root' : 'user'
  return null
}

/** The kinds of resources that the values name. */
export function platformsIn(values: CommandValues, resourceType: string): Platform[] {
  const found: Platform[] = []
  if (values.instanceId !== undefined) found.push('ec2')
  if (values.taskArn !== undefined || /Ecs/.test(resourceType)) found.push('ecs')
  if (/Eks/.test(resourceType)) found.push('eks')
  if (values.functionName !== undefined) found.push('lambda')
  return found
}
