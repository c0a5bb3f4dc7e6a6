import { analytic, custom, ofService } from '../integration/support-records'

/** How many records of each source one report holds. */
export interface Size {
  securityHub: number
  inspector: number
  prowler: number
}

/** A report to send, with the time that it is about. */
export interface Report {
  name: string
  observedAt: Date
  body: Uint8Array<ArrayBuffer>
}

export const accounts = Array.from({ length: 6 }, (_, n) => String(200_000_000_001 + n))
const regions = ['us-east-1', 'ap-northeast-1', 'eu-west-1']
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']
const MINUTE = 60_000

/** Records are of one of so many kinds by their number; the first few change from report to report, see `changeOf`. */
const KINDS = 25

type Change = 'none' | 'absent' | 'passed' | 'archived' | 'severity' | 'title'

/** What differs in a record of variant A (0), B (1) or C (2). Of 25 records 17 never change. */
function changeOf(n: number, variant: number): Change {
  const changes: Record<number, readonly Change[]> = {
    0: ['none', 'absent', 'none'],
    1: ['none', 'none', 'absent'],
    2: ['none', 'passed', 'none'],
    3: ['none', 'none', 'archived'],
    4: ['none', 'severity', 'none'],
    5: ['none', 'title', 'severity'],
    6: ['absent', 'none', 'none'],
    7: ['passed', 'none', 'passed'],
  }
  return changes[n % KINDS]?.[variant] ?? 'none'
}

/** Whether reports leave the record of this number as it is, so that decisions about it never depend on when a report arrives. */
export function isSteady(n: number): boolean {
  return n % KINDS > 7
}

/** The name of the resource that the Security Hub record of this number is about. */
export function resourceOf(n: number): string {
  return `chaos-${n.toString(36).padStart(6, '0')}`
}

/** The reports of one round, always the same for the same round, `base` and size. Rounds run through the variants A, B, C. */
export function reportsOf(round: number, base: Date, size: Size): Report[] {
  const variant = round % 3
  const at = (index: number) => new Date(base.getTime() + (3 * round + index) * MINUTE)
  return [
    report(`security-hub-${round}`, at(0), size.securityHub, variant, base, securityHub),
    report(`inspector-${round}`, at(1), size.inspector, variant, base, inspector),
    report(`prowler-${round}`, at(2), size.prowler, variant, base, prowler),
  ]
}

type Build = (n: number, change: Change, updatedAt: Date) => Record<string, unknown>

function report(name: string, observedAt: Date, count: number, variant: number, base: Date, build: Build): Report {
  const lines: string[] = []
  for (let n = 0; n < count; n++) {
    const change = changeOf(n, variant)
    if (change === 'absent') continue
    lines.push(JSON.stringify(build(n, change, isSteady(n) ? base : observedAt)))
  }
  return { name, observedAt, body: new TextEncoder().encode(`${lines.join('\n')}\n`) }
}

const accountOf = (n: number) => accounts[n % accounts.length] ?? ''
const regionOf = (n: number) => regions[Math.floor(n / 7) % regions.length] ?? ''
const severityOf = (n: number, change: Change) => severities[(n + (change === 'severity' ? 1 : 0)) % 4] ?? ''
const titleOf = (n: number, change: Change) => `Check ${n % 40}${change === 'title' ? ' as renamed' : ''}`

function securityHub(n: number, change: Change, updatedAt: Date): Record<string, unknown> {
  const control = `S3.${1 + (n % 24)}`
  return {
    ...custom({
      account: accountOf(n),
      id: `arn:aws:securityhub:${regionOf(n)}:${accountOf(n)}:security-control/${control}/finding/${resourceOf(n)}`,
      title: titleOf(n, change),
      generator: `security-control/${control}`,
      resource: resourceOf(n),
      region: regionOf(n),
      severity: severityOf(n, change),
      status: change === 'passed' ? 'PASSED' : 'FAILED',
      archived: change === 'archived',
      updatedAt,
    }),
    ProductArn: `arn:aws:securityhub:${regionOf(n)}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    Compliance: { Status: change === 'passed' ? 'PASSED' : 'FAILED', SecurityControlId: control },
    Description: 'A setting that is only inherited from a default of the account counts as missing. '.repeat(8),
  }
}

function inspector(n: number, change: Change, updatedAt: Date): Record<string, unknown> {
  const instance = `i-${n.toString(16).padStart(17, '0')}`
  return ofService('inspector', {
    account: accountOf(n),
    id: `arn:aws:inspector2:${regionOf(n)}:${accountOf(n)}:finding/${n.toString(16).padStart(32, '0')}`,
    title: `CVE-2026-${10_000 + (n % 300)} - openssl${change === 'title' ? ', libssl' : ''}`,
    types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    resources: [
      {
        Id: `arn:aws:ec2:${regionOf(n)}:${accountOf(n)}:instance/${instance}`,
        Type: 'AwsEc2Instance',
        Region: regionOf(n),
      },
    ],
    region: regionOf(n),
    severity: severityOf(n, change),
    archived: change === 'archived' || change === 'passed',
    updatedAt,
  })
}

function prowler(n: number, change: Change, updatedAt: Date): Record<string, unknown> {
  const severity = severityOf(n, change)
  return analytic({
    account: accountOf(n),
    id: `prowler-aws-check_${n % 30}-${accountOf(n)}-${regionOf(n)}-${n}`,
    title: titleOf(n, change),
    generator: `check_${n % 30}`,
    resource: `prowler-${n}`,
    region: regionOf(n),
    severity: severity.charAt(0) + severity.slice(1).toLowerCase(),
    status: change === 'passed' ? 'PASSED' : 'FAILED',
    archived: change === 'archived',
    product: 'Prowler',
    updatedAt,
  })
}
