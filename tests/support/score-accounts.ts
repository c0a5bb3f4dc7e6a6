/** What an account contains, as its sources report it. */
export interface Contents {
  /** Control, severity, failing and passing resources. */
  controls?: (readonly [control: string, severity: Word, failing: number, passing?: number])[]
  /** Controls with one failing resource that Security Hub suppresses. */
  suppressed?: (readonly [control: string, severity: Word])[]
  /** Type and severity of active threats of GuardDuty. */
  threats?: (readonly [type: string, severity: number])[]
  vulnerabilities?: Vulnerabilities[]
  /** Ports that Inspector found open to the internet. */
  ports?: number[]
}

interface Vulnerabilities {
  severity: Word
  count: number
  exploit?: boolean
  epss?: number
  /** The vulnerability, if there is one. */
  cve?: string
}

type Word = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'

const times = <T>(n: number, make: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => make(index))
const numbered = (prefix: string, from: number, to: number) => times(to - from + 1, n => `${prefix}.${from + n}`)
const all = (controls: string[], severity: Word, failing: number, passing = 0) =>
  controls.map(control => [control, severity, failing, passing] as const)

const criticals = ['IAM.9', 'S3.2', 'EC2.1']
const filters = numbered('CloudWatch', 1, 14)
const passwords = numbered('IAM', 11, 18)

/** Seven accounts, from the worst to the best as two leads of security teams would order them. */
export const ordered: readonly (readonly [what: string, contents: Contents])[] = [
  [
    'an active attack sequence, an exploited critical vulnerability and an open port',
    {
      controls: [...all(criticals, 'CRITICAL', 0, 1), ...all(filters, 'LOW', 0, 1)],
      threats: [['AttackSequence:IAM/CompromisedCredentials', 9]],
      vulnerabilities: [{ severity: 'CRITICAL', count: 1, exploit: true, epss: 0.94 }],
      ports: [22],
    },
  ],
  [
    'root without MFA and a public bucket, everything else passes',
    {
      controls: [
        ...all(['IAM.9', 'S3.2'], 'CRITICAL', 1),
        ...all(['EC2.1', 'RDS.1', 'SSM.4'], 'CRITICAL', 0, 1),
        ...all([...filters, ...passwords], 'LOW', 0, 1),
      ],
    },
  ],
  [
    'root without MFA, suppressed in Security Hub',
    { controls: all(['S3.2'], 'CRITICAL', 0, 1), suppressed: [['IAM.9', 'CRITICAL']] },
  ],
  ['200 of 200 buckets fail a high control', { controls: [...all(['S3.8'], 'HIGH', 200), ['S3.5', 'MEDIUM', 0, 1]] }],
  ['1 of 200 buckets fails it', { controls: [...all(['S3.8'], 'HIGH', 1, 199), ['S3.5', 'MEDIUM', 0, 1]] }],
  [
    '14 metric filters and 8 password rules fail, every critical control passes',
    {
      controls: [
        ...all(criticals, 'CRITICAL', 0, 1),
        ...all(filters, 'LOW', 1),
        ...all(passwords.slice(0, 7), 'MEDIUM', 1),
        ['IAM.18', 'LOW', 1],
      ],
    },
  ],
  [
    'a low and a medium control fail, ten high ones pass',
    {
      controls: [
        ...all([...numbered('Inspector', 1, 4), ...numbered('GuardDuty', 5, 8), 'IAM.28', 'EC2.182'], 'HIGH', 0, 1),
        ...all(['S3.5', 'S3.1'], 'MEDIUM', 0, 1),
        ['IAM.16', 'LOW', 1],
        ['IAM.15', 'MEDIUM', 1],
      ],
    },
  ],
]

/** Pairs of accounts: the first has to score lower than the second, for the reason given. */
export const pairs: readonly (readonly [why: string, worse: Contents, better: Contents])[] = [
  [
    'Stolen credentials in use are an incident now; a public bucket may become one.',
    { threats: [['AttackSequence:IAM/CompromisedCredentials', 9]] },
    { controls: [['S3.2', 'CRITICAL', 1]] },
  ],
  [
    'A high threat is somebody acting in the account; a critical setting is only an opportunity.',
    { threats: [['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', 8]] },
    { controls: [['IAM.9', 'CRITICAL', 1]] },
  ],
  [
    'A critical threat has gone further than a high one.',
    { threats: [['AttackSequence:S3/CompromisedData', 9]] },
    { threats: [['CryptoCurrency:EC2/BitcoinTool.B', 8]] },
  ],
  [
    'Two kinds of attack are worse than one of them.',
    {
      threats: [
        ['CryptoCurrency:EC2/BitcoinTool.B', 8],
        ['Backdoor:EC2/C&CActivity.B', 8],
      ],
    },
    { threats: [['CryptoCurrency:EC2/BitcoinTool.B', 8]] },
  ],
  [
    'A vulnerability with a known exploit is used first.',
    { vulnerabilities: [{ severity: 'CRITICAL', count: 1, exploit: true }] },
    { vulnerabilities: [{ severity: 'CRITICAL', count: 1, exploit: false }] },
  ],
  [
    'A probability of exploitation of 94 percent counts like a known exploit.',
    { vulnerabilities: [{ severity: 'HIGH', count: 1, epss: 0.94 }] },
    { vulnerabilities: [{ severity: 'HIGH', count: 1, epss: 0.02 }] },
  ],
  [
    'A vulnerability in CISA’s list is exploited, whatever its scanner knows.',
    { vulnerabilities: [{ severity: 'HIGH', count: 1, cve: 'CVE-2021-44228', exploit: false, epss: 0.02 }] },
    { vulnerabilities: [{ severity: 'HIGH', count: 1, exploit: false, epss: 0.02 }] },
  ],
  [
    'A high vulnerability that is exploited is more urgent than ten that are not.',
    { vulnerabilities: [{ severity: 'HIGH', count: 1, exploit: true }] },
    { vulnerabilities: [{ severity: 'HIGH', count: 10 }] },
  ],
  [
    'More hosts with the same kind of hole are more ways in.',
    { vulnerabilities: [{ severity: 'HIGH', count: 8 }] },
    { vulnerabilities: [{ severity: 'HIGH', count: 2 }] },
  ],
  [
    'One open critical problem outweighs any number of good results.',
    {
      controls: [
        ['S3.2', 'CRITICAL', 1],
        ['S3.5', 'MEDIUM', 0, 500],
      ],
    },
    {
      controls: [
        ['S3.5', 'MEDIUM', 1],
        ['S3.2', 'CRITICAL', 0, 1],
      ],
    },
  ],
  [
    'One open critical problem outweighs many low ones.',
    { controls: [['EC2.1', 'CRITICAL', 1, 9]] },
    { controls: all([...filters, 'IAM.16', 'IAM.18'], 'LOW', 1) },
  ],
  [
    'Two open critical problems are worse than one, whatever else passes.',
    { controls: [...all(['IAM.9', 'EC2.1'], 'CRITICAL', 1), ...all([...filters, ...passwords], 'MEDIUM', 0, 1)] },
    { controls: all(['IAM.9'], 'CRITICAL', 1) },
  ],
  [
    'A high control that fails is worse than a medium one.',
    { controls: [['S3.8', 'HIGH', 1]] },
    { controls: [['S3.5', 'MEDIUM', 1]] },
  ],
  [
    'Half of the resources failing is worse than a tenth.',
    { controls: [['S3.8', 'HIGH', 50, 50]] },
    { controls: [['S3.8', 'HIGH', 10, 90]] },
  ],
  [
    'Hiding a problem in its source does not solve it.',
    { suppressed: [['S3.2', 'CRITICAL']] },
    { controls: [['S3.8', 'HIGH', 1]] },
  ],
  [
    'Hiding a problem in its source makes nothing better than a smaller problem that is visible.',
    { suppressed: [['S3.8', 'HIGH']], controls: [['S3.5', 'MEDIUM', 0, 9]] },
    { controls: [['S3.5', 'MEDIUM', 1, 8]] },
  ],
  [
    'A report of failures alone says nothing about the rest: two failures are worse than one.',
    { controls: all(['IAM.15', 'S3.5'], 'MEDIUM', 1) },
    { controls: all(['IAM.15'], 'MEDIUM', 1) },
  ],
  [
    'A report of failures alone is not the worst account: one medium problem is less than a critical one among many passes.',
    { controls: [['IAM.9', 'CRITICAL', 1], ...all(filters, 'LOW', 0, 1)] },
    { controls: all(['IAM.15'], 'MEDIUM', 1) },
  ],
  [
    'A critical vulnerability without an exploit is worse than high settings.',
    { vulnerabilities: [{ severity: 'CRITICAL', count: 1 }] },
    { controls: all(['S3.8', 'EC2.8'], 'HIGH', 1) },
  ],
  [
    'A medium threat needs somebody to look; medium settings can wait for their date.',
    { threats: [['Policy:S3/BucketAnonymousAccessGranted', 5]] },
    { controls: all(['S3.5', 'IAM.15', 'IAM.11'], 'MEDIUM', 1) },
  ],
  [
    'An account in which everything passes is better than one with a low problem.',
    { controls: [['IAM.16', 'LOW', 1], ...all(criticals, 'CRITICAL', 0, 1)] },
    { controls: [['IAM.16', 'LOW', 0, 1]] },
  ],
]

/** GuardDuty's own export: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html */
export function guardDuty(account: string, type: string, severity: number): Record<string, unknown> {
  return {
    schemaVersion: '2.0',
    accountId: account,
    region: 'us-east-1',
    partition: 'aws',
    id: `${account}-${type}`,
    arn: `arn:aws:guardduty:us-east-1:${account}:detector/d/finding/${type}`,
    type,
    title: type,
    description: 'What was seen',
    severity,
    createdAt: '2026-06-01T00:00:00Z',
    updatedAt: '2026-06-01T00:00:00Z',
    resource: { resourceType: 'S3Bucket', s3BucketDetails: [{ arn: 'arn:aws:s3:::data', name: 'data' }] },
    service: { archived: false },
  }
}

/** Inspector's own findings: https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html */
export function inspector(account: string, contents: Contents): Record<string, unknown>[] {
  const finding = (name: string, severity: Word, details: Record<string, unknown>) => ({
    findingArn: `arn:aws:inspector2:us-east-1:${account}:finding/${name}`,
    awsAccountId: account,
    status: 'ACTIVE',
    severity,
    title: name,
    description: name,
    resources: [{ type: 'AWS_EC2_INSTANCE', id: `arn:aws:ec2:us-east-1:${account}:instance/i-1`, region: 'us-east-1' }],
    ...details,
  })
  return [
    ...(contents.vulnerabilities ?? []).flatMap(({ severity, count, exploit, epss, cve }, group) =>
      times(count, n =>
        finding(cve ?? `CVE-202${group}-${1000 + n}`, severity, {
          type: 'PACKAGE_VULNERABILITY',
          packageVulnerabilityDetails: {
            vulnerabilityId: cve ?? `CVE-202${group}-${1000 + n}`,
            vulnerablePackages: [{ name: 'log4j', version: '2.14' }],
          },
          ...(exploit === undefined ? {} : { exploitAvailable: exploit ? 'YES' : 'NO' }),
          ...(epss === undefined ? {} : { epss: { score: epss } }),
        }),
      ),
    ),
    ...(contents.ports ?? []).map(port =>
      finding(`port-${port}`, 'MEDIUM', {
        type: 'NETWORK_REACHABILITY',
        networkReachabilityDetails: { protocol: 'TCP', openPortRange: { begin: port, end: port } },
      }),
    ),
  ]
}
