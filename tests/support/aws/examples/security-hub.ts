import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import type { RegionalPlace } from './threats'

const AT = new Date('2026-11-20T03:00:00Z')

/** A control of the AWS Foundational Security Best Practices, as consolidated control findings have it. */
export function securityHubFinding(
  { account, region }: RegionalPlace,
  control: string,
  status: 'PASSED' | 'FAILED' = 'FAILED',
  updatedAt = AT,
): AwsSecurityFinding {
  const at = updatedAt.toISOString()
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/${account}-${control}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: at,
    LastObservedAt: at,
    CreatedAt: at,
    UpdatedAt: at,
    Severity: { Label: status === 'FAILED' ? 'MEDIUM' : 'INFORMATIONAL', Normalized: status === 'FAILED' ? 40 : 0 },
    Title: `Control ${control} of an emulated account`,
    Description: `This control checks ${control}.`,
    Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: 'aws', Region: region }],
    Compliance: {
      Status: status,
      SecurityControlId: control,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: status === 'FAILED' ? 'NEW' : 'RESOLVED' },
    RecordState: 'ACTIVE',
  }
}
