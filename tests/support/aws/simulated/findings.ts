import type * as SecurityHub from '@aws-sdk/client-securityhub'
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { fitsFilters } from '../services/findings/securityhub-filters'
import { type Call, type Handlers, pageOf } from '../services/handler'
import type { Registry } from '../services/registry'
import type { Size } from './simulated'

const PAGE = 100
const CONTROLS = [
  'EC2.2',
  'EC2.13',
  'EC2.21',
  'ELB.16',
  'IAM.3',
  'KMS.4',
  'Lambda.1',
  'RDS.3',
  'S3.8',
  'S3.20',
] as const
const LABELS = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const
/** The findings were last updated in the 30 days before this time. */
const NEWEST = Date.parse('2026-11-25T00:00:00Z')
const SPREAD_MS = 30 * 86_400_000

/** Security Hub, enabled everywhere: the findings of an account are spread over its Regions. */
export function simulatedFindings(size: Size): Registry {
  const cached = new Map<string, AwsSecurityFinding[]>()
  const findingsOf = ({ account, region }: Call) => {
    const key = `${account} ${region}`
    const found = cached.get(key) ?? makeFindings(size, account, region)
    // The pages of one cell come one after another; a few cells are read at a time.
    if (cached.size > 64) cached.clear()
    cached.set(key, found)
    return found
  }
  const securityhub: Handlers<typeof SecurityHub, 'DescribeHub' | 'GetFindings'> = {
    DescribeHub(_, { account, region }) {
      return { HubArn: `arn:aws:securityhub:${region}:${account}:hub/default`, AutoEnableControls: true }
    },
    GetFindings({ Filters = {}, NextToken, MaxResults = PAGE }, call) {
      const fitting = findingsOf(call).filter(finding => fitsFilters(finding, Filters, call.now))
      const { items, next } = pageOf(fitting, NextToken, MaxResults)
      return { Findings: items, NextToken: next }
    },
  }
  return { securityhub }
}

function makeFindings({ findings, regions }: Size, account: string, region: string): AwsSecurityFinding[] {
  const first = regions.indexOf(region)
  if (first < 0) return []
  const own: AwsSecurityFinding[] = []
  for (let n = first; n < findings; n += regions.length) own.push(makeFinding(account, region, n, findings))
  return own
}

function makeFinding(account: string, region: string, n: number, of: number): AwsSecurityFinding {
  const control = CONTROLS[n % CONTROLS.length] ?? 'EC2.2'
  const isFailed = n % 4 !== 0
  const at = new Date(NEWEST - Math.floor((n / of) * SPREAD_MS)).toISOString()
  const resource = `arn:aws:ec2:${region}:${account}:security-group/sg-${String(n).padStart(17, '0')}`
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/${account}-${n}`,
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
    Severity: { Label: isFailed ? LABELS[n % LABELS.length] : 'INFORMATIONAL' },
    Title: `Control ${control} of a simulated resource`,
    Description: `This control checks resource ${n}. It was made up for a measurement.`,
    Remediation: {
      Recommendation: {
        Text: 'See the documentation.',
        Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
      },
    },
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: resource, Partition: 'aws', Region: region }],
    Compliance: {
      Status: isFailed ? 'FAILED' : 'PASSED',
      SecurityControlId: control,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: isFailed ? 'NEW' : 'RESOLVED' },
    RecordState: 'ACTIVE',
  }
}
