import type { Remote, Sequence } from '../../../domain/findings/facts'
import { looseCount, looseInstant, looseList, looseNumber, looseText, looseTexts, valueAt } from '../loose'

const LIMIT = 30

/** What an attack sequence names beside its type. */
export interface SequenceParts {
  sequence: Sequence
  remotes: Remote[]
  resources: { id: string; type: string }[]
}

/**
 * The parts of an attack sequence, with keys in camelCase; null if there are none.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Sequence.html
 */
export function sequenceParts(value: unknown): SequenceParts | null {
  const signals = looseList(valueAt(value, 'signals'), LIMIT)
  const actors = looseList(valueAt(value, 'actors'), LIMIT)
  if (signals.length === 0 && actors.length === 0) return null
  return {
    sequence: {
      signals: signals.map(toSignal).toSorted((a, b) => (a.firstSeen ?? '').localeCompare(b.firstSeen ?? '')),
      actors: actors.map(toActor).filter(({ principal, accessKeyId }) => principal !== null || accessKeyId !== null),
      indicators: looseList(valueAt(value, 'sequenceIndicators') ?? valueAt(value, 'indicators'), LIMIT).flatMap(
        indicator => {
          const title = looseText(valueAt(indicator, 'title')) ?? looseText(valueAt(indicator, 'key'))
          return title === null ? [] : [{ title, values: looseTexts(valueAt(indicator, 'values'), LIMIT) }]
        },
      ),
    },
    remotes: looseList(valueAt(value, 'endpoints'), LIMIT).flatMap(toRemote),
    resources: looseList(valueAt(value, 'resources'), LIMIT).flatMap(toResource),
  }
}

function toSignal(signal: unknown): Sequence['signals'][number] {
  const kind = looseText(valueAt(signal, 'type'))
  return {
    id: looseText(valueAt(signal, 'uid')) ?? looseText(valueAt(signal, 'id')),
    kind,
    name: looseText(valueAt(signal, 'name')) ?? looseText(valueAt(signal, 'title')) ?? kind,
    severity: looseNumber(valueAt(signal, 'severity')),
    count: looseCount(valueAt(signal, 'count')),
    firstSeen: looseInstant(valueAt(signal, 'firstSeenAt')),
    lastSeen: looseInstant(valueAt(signal, 'lastSeenAt')),
  }
}

/** A role session is named by its issuer, the role: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Session.html */
function toActor(actor: unknown): Sequence['actors'][number] {
  const issuer = looseText(valueAt(actor, 'session', 'issuer'))
  const role = /^arn:[^:]*:iam::\d*:role\/(?:.*\/)?([^/]+)$/.exec(issuer ?? '')?.[1]
  return {
    principal: role ?? looseText(valueAt(actor, 'user', 'name')) ?? looseText(valueAt(actor, 'user', 'uid')),
    principalType: role ? 'AssumedRole' : looseText(valueAt(actor, 'user', 'type')),
    accessKeyId: looseText(valueAt(actor, 'user', 'credentialUid')),
  }
}

function toRemote(endpoint: unknown): Remote[] {
  const ip = looseText(valueAt(endpoint, 'ip'))
  if (ip === null) return []
  return [
    {
      ip,
      asn: looseCount(valueAt(endpoint, 'autonomousSystem', 'number')),
      organization: looseText(valueAt(endpoint, 'autonomousSystem', 'name')),
      country: looseText(valueAt(endpoint, 'location', 'country')),
      city: looseText(valueAt(endpoint, 'location', 'city')),
    },
  ]
}

/** Kinds of a sequence under Security Hub's names. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ResourceV2.html */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['EC2_INSTANCE', 'AwsEc2Instance'],
  ['EC2_NETWORK_INTERFACE', 'AwsEc2NetworkInterface'],
  ['EC2_IMAGE', 'AwsEc2Image'],
  ['EC2_VPC', 'AwsEc2Vpc'],
  ['EC2_LAUNCH_TEMPLATE', 'AwsEc2LaunchTemplate'],
  ['S3_BUCKET', 'AwsS3Bucket'],
  ['S3_OBJECT', 'AwsS3Object'],
  ['ACCESS_KEY', 'AwsIamAccessKey'],
  ['EKS_CLUSTER', 'AwsEksCluster'],
  ['ECS_CLUSTER', 'AwsEcsCluster'],
  ['ECS_TASK', 'AwsEcsTask'],
  ['KUBERNETES_WORKLOAD', 'KubernetesWorkload'],
  ['CONTAINER', 'Container'],
  ['AUTOSCALING_AUTO_SCALING_GROUP', 'AwsAutoScalingAutoScalingGroup'],
  ['IAM_INSTANCE_PROFILE', 'AwsIamInstanceProfile'],
  ['CLOUDFORMATION_STACK', 'AwsCloudFormationStack'],
])

function toResource(resource: unknown): SequenceParts['resources'] {
  const kind = looseText(valueAt(resource, 'resourceType')) ?? ''
  const id = looseText(valueAt(resource, 'uid')) ?? looseText(valueAt(resource, 'name'))
  return id === null ? [] : [{ id, type: TYPES.get(kind) ?? kind }]
}
