import type { ResolvedReason } from '../findings/lifecycle'
import { isUnsolved, type Status } from '../findings/status'

/**
 * Controls that test whether their resource is reachable or readable by everybody, so that a failure proves it.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
 */
const CONTROLS = new Set([
  ...['CloudTrail.6', 'DMS.1', 'DocumentDB.3', 'EC2.1', 'EC2.9', 'EC2.13', 'EC2.14', 'EC2.18', 'EC2.19', 'EC2.53'],
  ...['EC2.54', 'EC2.182', 'ECS.2', 'EKS.1', 'EMR.1', 'KMS.5', 'Lambda.1', 'MSK.4', 'Neptune.3', 'Opensearch.2'],
  ...['RDS.1', 'RDS.2', 'Redshift.1', 'RedshiftServerless.3', 'S3.2', 'S3.3', 'SNS.4', 'SQS.3', 'SSM.4'],
  ...['ec2_ebs_public_snapshot', 's3_bucket_public_access', 'Policy:IAMUser/S3BucketPublic'],
])
/** Checks of Prowler that say it in their names: https://hub.prowler.com/ */
const CHECKS =
  /^(?:\w+_(?:not_publicly_accessible|internet_facing|public_snapshot)|ec2_securitygroup_allow_(?:ingress_from_internet|wide_open_public)\w*|ec2_instance_port_\w+_exposed_to_internet|apigateway_restapi_public|awslambda_function_url_public|ec2_ami_public|emr_cluster_publicly_accesible|eventbridge_bus_exposed|glacier_vaults_policy_public_access|lightsail_(?:database|instance)_public|s3_bucket_object_public|elbv?2?_internet_facing)$/

interface Reported<Id> {
  id: Id
  control: string
  status: Status
  resolvedReason: ResolvedReason | null
  /** What IAM Access Analyzer says; null for findings of others. */
  isPublic: boolean | null
}

export interface Exposure<Id> {
  /** yes: a source says it is public; no: a check of that passes now; unknown: no source says either. */
  public: 'yes' | 'no' | 'unknown'
  /** The findings that say it. */
  by: Id[]
}

/** Whether a resource is public, by its findings. An exception does not make it private. */
export function exposureOf<Id>(findings: readonly Reported<Id>[]): Exposure<Id> {
  const telling = findings.filter(each => each.isPublic === true || provesExposure(each.control))
  const says = telling.filter(each => isUnsolved(each.status) || each.status === 'accepted')
  if (says.length > 0) return { public: 'yes', by: says.map(each => each.id) }
  const passed = telling.filter(each => each.status === 'resolved' && each.resolvedReason === 'passed')
  return passed.length > 0 ? { public: 'no', by: passed.map(each => each.id) } : { public: 'unknown', by: [] }
}

/** Whether a control tests that its resource is public. */
function provesExposure(control: string): boolean {
  return CONTROLS.has(control) || CHECKS.test(control)
}
