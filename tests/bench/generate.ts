import type { Severity } from '../../lib/domain/findings/severity'

/** Security Hub controls that the generated organisation checks, with resource type and severity. */
const CONTROLS: readonly [string, string, Severity, string][] = [
  ['S3.2', 'AwsS3Bucket', 'critical', 'S3 general purpose buckets should block public read access'],
  ['S3.5', 'AwsS3Bucket', 'medium', 'S3 general purpose buckets should require requests to use SSL'],
  ['S3.9', 'AwsS3Bucket', 'medium', 'S3 general purpose buckets should have server access logging enabled'],
  [
    'EC2.19',
    'AwsEc2SecurityGroup',
    'critical',
    'Security groups should not allow unrestricted access to ports with high risk',
  ],
  ['EC2.3', 'AwsEc2Volume', 'medium', 'Attached EBS volumes should be encrypted at rest'],
  ['EC2.8', 'AwsEc2Instance', 'high', 'EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)'],
  ['IAM.3', 'AwsIamUser', 'medium', "IAM users' access keys should be rotated every 90 days or less"],
  ['IAM.5', 'AwsIamUser', 'medium', 'MFA should be enabled for all IAM users that have a console password'],
  ['RDS.3', 'AwsRdsDbInstance', 'medium', 'RDS DB instances should have encryption at-rest enabled'],
  ['RDS.13', 'AwsRdsDbInstance', 'high', 'RDS automatic minor version upgrades should be enabled'],
  ['Lambda.2', 'AwsLambdaFunction', 'medium', 'Lambda functions should use supported runtimes'],
  [
    'ELB.16',
    'AwsElbv2LoadBalancer',
    'medium',
    'Application Load Balancers should be associated with an AWS WAF web ACL',
  ],
  ['KMS.4', 'AwsKmsKey', 'medium', 'AWS KMS key rotation should be enabled'],
  ['SQS.1', 'AwsSqsQueue', 'medium', 'Amazon SQS queues should be encrypted at rest'],
  ['DynamoDB.2', 'AwsDynamoDbTable', 'low', 'DynamoDB tables should have point-in-time recovery enabled'],
  ['ECR.1', 'AwsEcrRepository', 'high', 'ECR private repositories should have image scanning configured'],
]
const REGIONS = ['ap-northeast-1', 'ap-northeast-3', 'us-east-1', 'eu-west-1']

export function benchAccount(n: number): string {
  return String(100_000_000_000 + n)
}

/** A resource's name as clouds give them: no two alike, and none a prefix of many. */
export function benchResource(n: number): string {
  return `web-${(Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}`
}

/**
 * One Security Hub finding of realistic size (about 3 kB), the same for the same number. `at` is its update time; `variant`
 * changes what a page shows of it.
 */
export function benchFinding(n: number, accounts: number, at: Date, variant = 0): string {
  const [control, type, severity, title] = CONTROLS[n % CONTROLS.length] ?? CONTROLS[0] ?? ['', '', 'low', '']
  const account = benchAccount(n % accounts)
  const region = REGIONS[Math.floor(n / 7) % REGIONS.length] ?? 'us-east-1'
  const resource = `arn:aws:service:${region}:${account}:${type.toLowerCase()}/${benchResource(n)}`
  const hex = n.toString(16).padStart(12, '0')
  const id = `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/7f6d0c1e-0000-4000-8000-${hex}`
  const day = new Date(Date.UTC(2026, 8, 1 + (n % 60))).toISOString()
  return JSON.stringify({
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    AwsAccountName: `bench-${n % accounts}`,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: day,
    LastObservedAt: at.toISOString(),
    CreatedAt: day,
    UpdatedAt: at.toISOString(),
    Severity: { Label: severity.toUpperCase(), Normalized: 40, Original: severity.toUpperCase() },
    Title: variant === 0 ? title : `${title} (revision ${variant})`,
    Description: `This control checks the configuration of a resource of type ${type}. The control fails if the setting that the title names is missing. A setting that is only inherited from a default of the account counts as missing, because a change of that default would go unnoticed.`,
    Remediation: {
      Recommendation: {
        Text: 'For information on how to correct this issue, consult the AWS Security Hub controls documentation.',
        Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
      },
    },
    ProductFields: {
      RelatedAWSResourcesZeroName: `securityhub-${control.toLowerCase()}-rule-0123456789`,
      'aws/securityhub/ProductName': 'Security Hub',
      'aws/securityhub/CompanyName': 'AWS',
      'aws/securityhub/FindingId': `arn:aws:securityhub:${region}::product/aws/securityhub/${id}`,
      'Resources:0/Id': resource,
      StandardsArn: 'arn:aws:securityhub:::standards/aws-foundational-security-best-practices/v/1.0.0',
    },
    Resources: [
      {
        Type: type,
        Id: resource,
        Partition: 'aws',
        Region: region,
        Tags: {
          Team: `team-${n % 12}`,
          Service: `service-${n % 70}`,
          CostCenter: `cc-${n % 9}`,
          ManagedBy: 'terraform',
          ...(n % 97 === 0 ? { Owner: '請求基盤' } : {}),
        },
        Details: {
          Other: Object.fromEntries(
            Array.from({ length: 12 }, (_, i) => [
              `Setting${i}`,
              `value-${(n * 31 + i * 7).toString(36)}-of-a-realistic-length`,
            ]),
          ),
        },
      },
    ],
    Compliance: {
      Status: 'FAILED',
      SecurityControlId: control,
      AssociatedStandards: [
        { StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' },
        { StandardsId: 'standards/cis-aws-foundations-benchmark/v/3.0.0' },
      ],
      RelatedRequirements: [
        'NIST.800-53.r5 AC-3',
        'NIST.800-53.r5 CA-9(1)',
        'NIST.800-53.r5 SC-7',
        'PCI DSS v4.0.1/1.4.4',
      ],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    FindingProviderFields: {
      Severity: { Label: severity.toUpperCase(), Original: severity.toUpperCase() },
      Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    },
    ProcessedAt: at.toISOString(),
  })
}
