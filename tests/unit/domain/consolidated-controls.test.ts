import { expect, test } from 'vitest'
import unjoined from '../../../lib/domain/controls/data/unjoined.json'
import { controlSeverity } from '../../../lib/domain/controls/severities'
import { controlTable } from '../../../lib/domain/controls/table'
import { canonicalTitle } from '../../../lib/domain/controls/text/titles'

/**
 * Numbers of Security Hub's PCI DSS standard before controls were consolidated, with the present ids:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-changes-consolidation.html
 */
const PCI: Readonly<Record<string, string>> = {
  'AutoScaling.1': 'AutoScaling.1',
  'CloudTrail.1': 'CloudTrail.2',
  'CloudTrail.2': 'CloudTrail.3',
  'CloudTrail.3': 'CloudTrail.4',
  'CloudTrail.4': 'CloudTrail.5',
  'CodeBuild.1': 'CodeBuild.1',
  'CodeBuild.2': 'CodeBuild.2',
  'Config.1': 'Config.1',
  'CW.1': 'CloudWatch.1',
  'DMS.1': 'DMS.1',
  'EC2.1': 'EC2.1',
  'EC2.2': 'EC2.2',
  'EC2.4': 'EC2.12',
  'EC2.5': 'EC2.13',
  'EC2.6': 'EC2.6',
  'ELBv2.1': 'ELB.1',
  'GuardDuty.1': 'GuardDuty.1',
  'IAM.1': 'IAM.4',
  'IAM.2': 'IAM.2',
  'IAM.3': 'IAM.1',
  'IAM.4': 'IAM.6',
  'IAM.5': 'IAM.9',
  'IAM.6': 'IAM.19',
  'IAM.7': 'IAM.8',
  'IAM.8': 'IAM.10',
  'KMS.1': 'KMS.4',
  'Lambda.1': 'Lambda.1',
  'Lambda.2': 'Lambda.3',
  'Opensearch.1': 'Opensearch.2',
  'Opensearch.2': 'Opensearch.1',
  'RDS.1': 'RDS.1',
  'RDS.2': 'RDS.2',
  'Redshift.1': 'Redshift.1',
  'S3.1': 'S3.3',
  'S3.2': 'S3.2',
  'S3.3': 'S3.7',
  'S3.5': 'S3.5',
  'S3.6': 'S3.1',
  'SageMaker.1': 'SageMaker.1',
  'SSM.1': 'SSM.2',
  'SSM.2': 'SSM.3',
  'SSM.3': 'SSM.1',
}

test.each(Object.entries(PCI))('PCI.%s is %s today', (number, control) => {
  expect(controlTable.named(`PCI.${number}`)?.id).toBe(control)
})

test('newer controls have a severity, so that a pass weighs as much as a failure', () => {
  const services = {
    EC2: [55, 56, 57, 58, 60, 170, 171, 172, 173, 180, 182],
    ECS: [16],
    EFS: [7],
    ELB: [17, 18],
    GuardDuty: [5, 6, 7, 8, 11, 12, 13],
    Inspector: [1, 2, 3, 4],
    Macie: [2],
    RDS: [46],
    S3: [24],
    SQS: [3],
    SSM: [6, 7],
    Transfer: [2],
  }
  const ids = Object.entries(services).flatMap(([service, numbers]) => numbers.map(number => `${service}.${number}`))
  expect(ids.filter(id => controlSeverity(id) === null)).toEqual([])
})

test('rules of AWS Config that test the same as a control are joined to it', () => {
  const rules = {
    'alb-waf-enabled': 'ELB.16',
    'api-gw-associated-with-waf': 'APIGateway.4',
    'docdb-cluster-encrypted': 'DocumentDB.1',
    'dynamodb-table-deletion-protection-enabled': 'DynamoDB.6',
    'ecs-containers-nonprivileged': 'ECS.4',
    'eks-endpoint-no-public-access': 'EKS.1',
    'iam-external-access-analyzer-enabled': 'IAM.28',
    'kms-key-policy-no-public-access': 'KMS.5',
    'lambda-inside-vpc': 'Lambda.3',
    'macie-status-check': 'Macie.1',
    'rds-cluster-encrypted-at-rest': 'RDS.27',
    'restricted-ssh': 'EC2.13',
    's3-access-point-public-access-blocks': 'S3.19',
    's3-bucket-mfa-delete-enabled': 'S3.20',
    'incoming-ssh-disabled': 'EC2.13',
    'instances-in-vpc': 'EC2.29',
    'msk-cluster-public-access-disabled': 'MSK.4',
    'redshift-serverless-workgroup-no-public-access': 'RedshiftServerless.3',
    'sagemaker-model-private-registry-required': 'SageMaker.16',
    'workspaces-root-volume-encryption-enabled': 'WorkSpaces.2',
  }
  const found = Object.keys(rules).map(rule => [rule, controlTable.find(rule, 'config')?.id])
  expect(Object.fromEntries(found)).toEqual(rules)
})

test('a control of AWS that can have a rule of AWS Config has one, or the reason stands in the data', () => {
  /** Security Hub's own rules, which nobody else can deploy, and controls whose rule is not known to be public. */
  const ownRules = new Set([
    ...['CloudTrail.6', 'CloudTrail.7', 'EC2.183', 'EKS.9', 'Glue.2', 'IAM.20'],
    ...Array.from({ length: 14 }, (_, n) => `CloudWatch.${n + 1}`),
    ...Array.from({ length: 8 }, (_, n) => `IAM.${n + 10}`),
  ])
  const kept = new Set(unjoined.flatMap(({ controls }) => controls))
  const ofAws = controlTable.controls.filter(({ id }) => /^[A-Za-z0-9]+\.\d+$/.test(id))
  const without = ofAws.filter(({ id, names }) => !names.config && !kept.has(id) && !ownRules.has(id) && !isTagged(id))
  expect(without.map(({ id }) => id)).toEqual([])
})

/** Rules for tags are Security Hub's own, but for a few. */
function isTagged(id: string): boolean {
  return canonicalTitle('en', id)?.endsWith('should be tagged') ?? false
}
