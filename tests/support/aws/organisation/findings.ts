import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import type { Emulator } from '../emulator'
import { REGION } from './organisation'

const AT = '2026-11-20T03:00:00.000Z'

/** Findings of an account's services, and the services switched on. */
export function createFindings({ store }: Emulator, account: string): void {
  const place = { account, region: REGION }
  store.set('securityhub.hub', place, true)
  store.put(
    'securityhub.finding',
    place,
    securityHubFinding(account, 'S3.8', 'FAILED'),
    securityHubFinding(account, 'EC2.13', 'FAILED'),
    securityHubFinding(account, 'KMS.4', 'PASSED'),
  )
  store.set('inspector2.status', place, 'ENABLED')
  store.set('support.plan', { account }, true)
}

/** A control of the AWS Foundational Security Best Practices in the shape of the consolidated control findings. */
export function securityHubFinding(account: string, control: string, status: 'PASSED' | 'FAILED'): AwsSecurityFinding {
  const id = `arn:aws:securityhub:${REGION}:${account}:security-control/${control}/finding/${account}-${control}`
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `arn:aws:securityhub:${REGION}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: REGION,
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: AT,
    LastObservedAt: AT,
    CreatedAt: AT,
    UpdatedAt: AT,
    Severity: { Label: status === 'FAILED' ? 'MEDIUM' : 'INFORMATIONAL', Normalized: status === 'FAILED' ? 40 : 0 },
    Title: `${control} should pass`,
    Description: `This control checks ${control}.`,
    Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: 'aws', Region: REGION }],
    Compliance: {
      Status: status,
      SecurityControlId: control,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
  }
}
