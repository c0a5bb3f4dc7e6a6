import type { DemoAccount } from './organisation'
import { hex, pick, random } from './random'

export interface Resource {
  id: string
  /** Its type in Security Hub. */
  type: string
  name: string
  region: string
  kind: Kind
  /** The part of the history in which it exists; 0 is the first day, 1 the last, above 1 after it. */
  from: number
  until: number
}

interface KindOf {
  type: string
  /** The number in a large account; `one` is exactly one in every account, `regions` one in each of its Regions. */
  count: number | 'one' | 'regions'
  arn: (account: string, region: string, name: string) => string
  words: readonly string[]
  isGlobal?: true
}

const HOME = 'ap-northeast-1'
const OTHERS = ['ap-northeast-3', 'us-east-1'] as const
const REGIONS = [HOME, ...OTHERS] as const
const PURPOSES = [
  'api',
  'web',
  'batch',
  'events',
  'search',
  'notify',
  'report',
  'session',
  'export',
  'gateway',
] as const

const named = (service: string, before: string) => (account: string, region: string, name: string) =>
  `arn:aws:${service}:${region}:${account}:${before}${name}`

const KINDS = {
  account: { type: 'AwsAccount', count: 'one', words: ['account'], arn: account => `AWS::::Account:${account}` },
  /** The settings of an account that it has once per Region. */
  region: {
    type: 'AwsAccount',
    count: 'regions',
    words: ['account'],
    arn: account => `AWS::::Account:${account}`,
  },
  bucket: {
    type: 'AwsS3Bucket',
    count: 16,
    words: [
      'assets',
      'uploads',
      'exports',
      'backups',
      'access-logs',
      'artifacts',
      'reports',
      'static',
      'tmp',
      'invoices',
    ],
    arn: (_account, _region, name) => `arn:aws:s3:::${name}`,
  },
  securityGroup: { type: 'AwsEc2SecurityGroup', count: 14, words: PURPOSES, arn: named('ec2', 'security-group/sg-') },
  instance: { type: 'AwsEc2Instance', count: 12, words: PURPOSES, arn: named('ec2', 'instance/i-') },
  vpc: { type: 'AwsEc2Vpc', count: 3, words: ['main', 'legacy', 'peering'], arn: named('ec2', 'vpc/vpc-') },
  user: {
    type: 'AwsIamUser',
    count: 12,
    words: [
      'ci-deploy',
      'backup-agent',
      'tanaka',
      'yoshida',
      'mail-sender',
      'kimura',
      'legacy-batch',
      'inoue',
      'monitoring',
    ],
    arn: (account, _region, name) => `arn:aws:iam::${account}:user/${name}`,
    isGlobal: true,
  },
  policy: {
    type: 'AwsIamPolicy',
    count: 9,
    words: ['operator', 'deploy', 'readonly-plus', 'batch', 'support'],
    arn: (account, _region, name) => `arn:aws:iam::${account}:policy/${name}`,
    isGlobal: true,
  },
  database: {
    type: 'AwsRdsDbInstance',
    count: 6,
    words: ['orders', 'users', 'ledger', 'cms'],
    arn: named('rds', 'db:'),
  },
  function: { type: 'AwsLambdaFunction', count: 16, words: PURPOSES, arn: named('lambda', 'function:') },
  loadBalancer: {
    type: 'AwsElbv2LoadBalancer',
    count: 8,
    words: ['public', 'internal', 'admin'],
    arn: (account, region, name) =>
      `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${name}/${hex(16, account, name)}`,
  },
  key: { type: 'AwsKmsKey', count: 6, words: ['data', 'backup', 'logs'], arn: named('kms', 'key/') },
  trail: { type: 'AwsCloudTrailTrail', count: 'one', words: ['management'], arn: named('cloudtrail', 'trail/') },
  secret: {
    type: 'AwsSecretsManagerSecret',
    count: 7,
    words: ['db', 'partner-api', 'smtp'],
    arn: named('secretsmanager', 'secret:'),
  },
  repository: { type: 'AwsEcrRepository', count: 8, words: PURPOSES, arn: named('ecr', 'repository/') },
  service: { type: 'AwsEcsService', count: 6, words: PURPOSES, arn: named('ecs', 'service/main/') },
  queue: { type: 'AwsSqsQueue', count: 8, words: PURPOSES, arn: named('sqs', '') },
  table: {
    type: 'AwsDynamoDbTable',
    count: 6,
    words: ['sessions', 'carts', 'locks'],
    arn: named('dynamodb', 'table/'),
  },
} as const satisfies Record<string, KindOf>
export type Kind = keyof typeof KINDS

/** Kinds whose ARN ends in random digits, with the number of digits. */
const NUMBERED: Partial<Record<Kind, number>> = { securityGroup: 17, instance: 17, vpc: 17 }
/** Resources that the week of the migration added. */
export const migration = { from: 0.55, until: 0.66 } as const
const MIGRATED: readonly Kind[] = ['securityGroup', 'instance', 'bucket', 'service', 'function', 'loadBalancer']

/** All resources of an account at any time of the history. */
export function resourcesOf(account: DemoAccount): Resource[] {
  const resources: Resource[] = []
  for (const [kind, { count }] of Object.entries(KINDS) as [Kind, KindOf][]) {
    const isFixed = typeof count === 'string'
    const usual =
      count === 'one' ? 1 : count === 'regions' ? REGIONS.length : Math.max(1, Math.round(count * account.size))
    const moved = account.migrated && MIGRATED.includes(kind) ? Math.ceil(usual / 3) : 0
    for (let n = 0; n < usual + moved; n++) {
      const next = random('resource', account.id, kind, n)
      const [late, gone] = [next() < 0.12, next() < 0.06]
      resources.push({
        ...placed(account, kind, n),
        from:
          n >= usual ? migration.from : late && !isFixed ? Math.max(account.from, 0.15 + next() * 0.7) : account.from,
        until: gone && !isFixed && n < usual ? 0.4 + next() * 0.55 : 2,
      })
    }
  }
  return resources
}

function placed(account: DemoAccount, kind: Kind, n: number): Omit<Resource, 'from' | 'until'> {
  const { type, words, arn, isGlobal }: KindOf = KINDS[kind]
  const next = random('place', account.id, kind, n)
  const region = kind === 'region' ? (REGIONS[n] ?? HOME) : isGlobal || next() < 0.86 ? HOME : pick(next, OTHERS)
  const round = Math.floor(n / words.length)
  const word = words[n % words.length] ?? kind
  const name = `${account.prefix}-${word}${round > 0 ? `-${round + 1}` : ''}`
  const digits = NUMBERED[kind]
  const last =
    kind === 'key' ? `mrk-${hex(32, account.id, n)}` : digits ? `0${hex(digits - 1, account.id, kind, n)}` : name
  return { id: arn(account.id, region, last), type, name, region, kind }
}
