import type { Texts } from '../../sources/definition'
import type { FeedId } from '../../sources/definitions'

/** One part of AWS that is read by itself: a service, or a group of settings. */
export interface CollectorDefinition {
  /** It is stored with cells and assets and never changes. */
  readonly id: string
  readonly name: Texts
  /** Whether it is read Region by Region. Others have one cell, whose Region is `global`. */
  readonly regional: boolean
  /** The feed of the findings that it writes; null for resources. */
  readonly feed: FeedId | null
  /** Whether it is read in the account of the connection alone, for the whole organization. */
  readonly ofOrganization: boolean
  /** Whether light rounds, which come every hour, read it as well. */
  readonly light: boolean
}

type Flags = { regional?: true; ofOrganization?: true; light?: true; feed?: FeedId }

function collector<Id extends string>(id: Id, ja: string, en: string, flags: Flags = {}) {
  const { regional = false, ofOrganization = false, light = false, feed = null } = flags
  return { id, name: { ja, en }, regional, ofOrganization, light, feed } as const
}

/** Every collector, in the order in which pages show them. */
const listed = [
  collector('organization', '組織とアカウント', 'Organization and accounts', { ofOrganization: true, light: true }),
  collector('account', '連絡先とリージョン', 'Contacts and Regions'),
  collector('iam', 'IAM', 'IAM'),
  collector('credential-report', 'IAM 認証情報レポート', 'IAM credential report', { feed: 'iam-credential-report' }),
  collector('identity-center', 'IAM Identity Center', 'IAM Identity Center', { ofOrganization: true }),
  collector('security-hub', 'Security Hub', 'Security Hub', { regional: true, light: true, feed: 'security-hub' }),
  collector('guardduty', 'GuardDuty', 'GuardDuty', { regional: true, light: true, feed: 'guardduty' }),
  collector('inspector', 'Inspector', 'Inspector', { regional: true, light: true, feed: 'inspector' }),
  collector('access-analyzer', 'IAM Access Analyzer', 'IAM Access Analyzer', {
    regional: true,
    light: true,
    feed: 'access-analyzer',
  }),
  collector('config', 'AWS Config', 'AWS Config', { regional: true, feed: 'config' }),
  collector('macie', 'Macie', 'Macie', { regional: true, light: true, feed: 'macie' }),
  collector('trusted-advisor', 'Trusted Advisor', 'Trusted Advisor', { feed: 'trusted-advisor' }),
  collector('waf', 'AWS WAF', 'AWS WAF', { regional: true, light: true }),
  collector('waf-global', 'AWS WAF (CloudFront)', 'AWS WAF (CloudFront)', { light: true }),
  collector('protection', 'Shield と Firewall Manager', 'Shield and Firewall Manager'),
  collector('entrances', '公開エンドポイント', 'Public endpoints', { regional: true }),
  collector('cloudfront', 'CloudFront', 'CloudFront'),
  collector('metrics', 'CloudWatch メトリクス', 'CloudWatch metrics', { regional: true }),
  collector('cloudtrail', 'CloudTrail', 'CloudTrail', { regional: true }),
  collector('s3', 'S3', 'S3'),
  collector('ec2', 'EC2 と VPC', 'EC2 and VPC', { regional: true }),
  collector('services', 'セキュリティサービスの設定', 'Settings of security services', { regional: true }),
  collector('budgets', 'Budgets', 'Budgets'),
  collector('backup', 'AWS Backup', 'AWS Backup', { regional: true }),
  collector('kms', 'AWS KMS', 'AWS KMS', { regional: true }),
] as const

export type CollectorId = (typeof listed)[number]['id']

export const collectors: readonly (CollectorDefinition & { readonly id: CollectorId })[] = listed

const byId: ReadonlyMap<string, CollectorDefinition> = new Map(listed.map(each => [each.id, each]))

/** The definition of a collector; undefined for one that this version does not know. */
export function collectorDefinition(id: string): CollectorDefinition | undefined {
  return byId.get(id)
}

export function isCollectorId(id: string): id is CollectorId {
  return byId.has(id)
}
