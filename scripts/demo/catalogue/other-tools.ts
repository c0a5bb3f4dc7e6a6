import type { Kind } from '../resources'

/** A check of Prowler: id, kind of resource, severity, title, and how to fix it. */
export type ProwlerCheck = readonly [
  id: string,
  kind: Kind,
  severity: 'Critical' | 'High' | 'Medium' | 'Low',
  title: string,
  fix: string,
]

export const prowlerChecks: readonly ProwlerCheck[] = [
  [
    'awslambda_function_no_secrets_in_variables',
    'function',
    'Critical',
    'Lambda function environment variables do not contain secrets',
    'Keep secrets in Secrets Manager and read them at run time.',
  ],
  [
    'ec2_instance_secrets_user_data',
    'instance',
    'Critical',
    'EC2 instance user data contains no secrets',
    'Remove the secret from the user data, and replace it: it has been readable.',
  ],
  [
    'iam_policy_allows_privilege_escalation',
    'policy',
    'High',
    'Customer managed policies do not allow actions that lead to privilege escalation',
    'Take the combination of actions that leads to more privileges out of the policy.',
  ],
  [
    'ec2_instance_managed_by_ssm',
    'instance',
    'Medium',
    'EC2 instances are managed by Systems Manager',
    'Install the agent and attach an instance profile for Systems Manager.',
  ],
  [
    'cloudwatch_log_group_retention_policy_specific_days_enabled',
    'function',
    'Medium',
    'CloudWatch log group has a retention policy of at least 365 days',
    'Set the retention of the log group to a year or more.',
  ],
  [
    's3_bucket_object_versioning',
    'bucket',
    'Medium',
    'S3 bucket has object versioning enabled',
    'Turn versioning on, with a lifecycle rule for old versions.',
  ],
  [
    'rds_instance_enhanced_monitoring_enabled',
    'database',
    'Low',
    'RDS instance has enhanced monitoring enabled',
    'Turn enhanced monitoring on for the instance.',
  ],
  [
    'kms_cmk_are_used',
    'key',
    'Low',
    'KMS customer managed key is in use or scheduled for deletion',
    'Schedule keys that nothing uses for deletion.',
  ],
]

/** A known weakness: CVE, package with its version, severity, and where it is found. */
export type Weakness = readonly [
  cve: string,
  name: string,
  version: string,
  severity: 'CRITICAL' | 'HIGH' | 'MEDIUM',
  kind: Kind,
  text: string,
]

export const weaknesses: readonly Weakness[] = [
  [
    'CVE-2024-6387',
    'openssh-server',
    '8.7p1-8.amzn2023.0.10',
    'HIGH',
    'instance',
    'A race condition in the signal handler of sshd lets a remote attacker run code without signing in (regreSSHion).',
  ],
  [
    'CVE-2023-4911',
    'glibc',
    '2.34-52.amzn2023.0.6',
    'HIGH',
    'instance',
    'A buffer overflow in the dynamic loader of the GNU C Library gives a local user the rights of root.',
  ],
  [
    'CVE-2023-44487',
    'nginx',
    '1.22.1-1.amzn2023.0.3',
    'HIGH',
    'repository',
    'HTTP/2 requests that are cancelled at once exhaust the server (Rapid Reset).',
  ],
  [
    'CVE-2021-44228',
    'log4j-core',
    '2.14.1',
    'CRITICAL',
    'repository',
    'A message that is logged makes the library load and run code from elsewhere (Log4Shell).',
  ],
  [
    'CVE-2022-0778',
    'openssl-libs',
    '1.0.2k-24.amzn2',
    'HIGH',
    'instance',
    'A malformed certificate makes OpenSSL loop without end.',
  ],
  [
    'CVE-2023-38545',
    'curl',
    '8.0.1-1.amzn2023.0.1',
    'CRITICAL',
    'repository',
    'A host name that is too long overflows a buffer during the handshake with a SOCKS5 proxy.',
  ],
  [
    'CVE-2022-40674',
    'expat',
    '2.2.10-8',
    'MEDIUM',
    'repository',
    'Memory is used after it was freed while certain XML is parsed.',
  ],
  ['CVE-2023-26136', 'tough-cookie', '4.0.0', 'MEDIUM', 'function', 'Cookies can change the prototype of all objects.'],
]

/** What GuardDuty saw: type, severity on its own scale, kind of resource, title, account prefix, start and length in the history. */
export type Threat = readonly [
  type: string,
  severity: number,
  kind: Kind,
  title: string,
  prefix: string,
  from: number,
  length: number,
]

export const threats: readonly Threat[] = [
  [
    'TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce',
    2,
    'instance',
    'SSH brute force attacks against an EC2 instance',
    'dev',
    0.12,
    0.1,
  ],
  [
    'TTPs/Command and Control/CryptoCurrency:EC2-BitcoinTool.B!DNS',
    8,
    'instance',
    'An EC2 instance is querying a domain name that is associated with Bitcoin-related activity',
    'play',
    0.57,
    0.08,
  ],
  [
    'TTPs/Discovery/Recon:EC2-PortProbeUnprotectedPort',
    2,
    'instance',
    'An unprotected port of an EC2 instance is being probed',
    'stg',
    0.58,
    0.2,
  ],
  [
    'TTPs/Policy:IAMUser-RootCredentialUsage',
    2,
    'account',
    'The root credentials of the account were used',
    'net',
    0.7,
    0.06,
  ],
  [
    'Unusual Behaviors/User/UnauthorizedAccess:IAMUser-ConsoleLoginSuccess.B',
    5,
    'user',
    'Console sign-ins of one user were seen from several countries within an hour',
    'portal',
    0.9,
    2,
  ],
  [
    'Effects/Data Exfiltration/Exfiltration:S3-AnomalousBehavior',
    8,
    'bucket',
    'An unusual amount of data was read from a bucket',
    'member',
    0.95,
    2,
  ],
  [
    'TTPs/Initial Access/UnauthorizedAccess:EC2-RDPBruteForce',
    2,
    'instance',
    'RDP brute force attacks against an EC2 instance',
    'poc',
    0.9,
    2,
  ],
]
