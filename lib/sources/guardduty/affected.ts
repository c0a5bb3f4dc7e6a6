import type { GuardDutyFinding } from './schema'

/** More ids would only fill a page; the raw record has all of them. */
const MOST = 20

/**
 * The affected ids besides the resource, each with its kind: keys, principals, instances, containers, workloads.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Resource.html
 */
export function affectedIds({ resource }: GuardDutyFinding): { label: string; id: string }[] {
  const key = resource.accessKeyDetails
  const kubernetes = resource.kubernetesDetails
  const workload = kubernetes?.kubernetesWorkloadDetails
  const task = resource.ecsClusterDetails?.taskDetails
  const containers = [resource.containerDetails, ...(workload?.containers ?? []), ...(task?.containers ?? [])]
  const volumes = resource.ebsVolumeDetails
  const found: [label: string, id: string | null | undefined][] = [
    ['Access key', key?.accessKeyId],
    ['User', key?.userName],
    ['Principal', key?.principalId],
    ['Instance', resource.instanceDetails?.instanceId],
    ['EKS cluster', resource.eksClusterDetails?.name],
    ['ECS cluster', resource.ecsClusterDetails?.name],
    ['ECS task', task?.arn],
    ['Kubernetes user', kubernetes?.kubernetesUserDetails?.username],
    [workload?.type || 'Workload', [workload?.namespace, workload?.name].filter(Boolean).join('/')],
    ...containers.flatMap((container): typeof found => [
      ['Container', container?.name],
      ['Container ID', container?.id],
    ]),
    ...[...(volumes?.scannedVolumeDetails ?? []), ...(volumes?.skippedVolumeDetails ?? [])].map(
      (volume): [string, string | null | undefined] => ['Volume', volume.volumeArn],
    ),
    ...(resource.s3BucketDetails ?? []).map((bucket): [string, string | null | undefined] => ['Bucket', bucket.name]),
  ]
  const ids = new Map<string, string>()
  for (const [label, id] of found) if (id?.trim() && !ids.has(id)) ids.set(id, label)
  return [...ids].slice(0, MOST).map(([id, label]) => ({ label, id }))
}
