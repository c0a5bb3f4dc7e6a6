import type { CollectorId } from '../collectors'

/** Types of AWS WAF that exist for a Region and for CloudFront. */
const WAF = [
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::ManagedRuleGroup',
  'AWS::WAFv2::RuleGroup',
  'AWS::WAFv2::WebACL',
] as const

/**
 * The types of the resources that each collector writes. What any other report says about a type is not accepted, and
 * not read: whoever may send findings of one service must not tell Hinomi's checks what they judge.
 */
export const writtenTypes = {
  organization: [
    'AWS::Organizations::Account',
    'AWS::Organizations::DelegatedAdministrator',
    'AWS::Organizations::Organization',
    'AWS::Organizations::OrganizationalUnit',
    'AWS::Organizations::Policy',
    'AWS::Organizations::Root',
  ],
  account: ['AWS::Account::Contacts', 'AWS::S3::AccountPublicAccessBlock'],
  iam: [
    'AWS::IAM::AccountSettings',
    'AWS::IAM::Group',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::OIDCProvider',
    'AWS::IAM::Role',
    'AWS::IAM::RootUser',
    'AWS::IAM::SAMLProvider',
    'AWS::IAM::ServerCertificate',
    'AWS::IAM::User',
  ],
  'credential-report': [],
  'identity-center': [
    'AWS::IdentityStore::Group',
    'AWS::IdentityStore::GroupMembership',
    'AWS::IdentityStore::User',
    'AWS::SSO::Assignment',
    'AWS::SSO::Instance',
    'AWS::SSO::PermissionSet',
  ],
  'security-hub': [],
  'security-hub-v2': [],
  guardduty: [],
  inspector: [],
  'access-analyzer': [],
  config: [],
  macie: [],
  'trusted-advisor': [],
  waf: WAF,
  'waf-global': [...WAF, 'AWS::WAF::WebACL'],
  protection: ['AWS::FMS::Policy', 'AWS::Shield::Protection', 'AWS::Shield::Subscription'],
  entrances: [
    'AWS::Amplify::App',
    'AWS::ApiGateway::Stage',
    'AWS::ApiGatewayV2::Stage',
    'AWS::AppRunner::Service',
    'AWS::AppSync::Api',
    'AWS::AppSync::GraphQLApi',
    'AWS::Cognito::UserPool',
    'AWS::EC2::PrefixList',
    'AWS::EC2::VerifiedAccessInstance',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::Lambda::Url',
  ],
  cloudfront: ['AWS::CloudFront::Distribution', 'AWS::CloudFront::DistributionTenant'],
  metrics: [
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::RequestMetrics',
    'AWS::WAFv2::ManagedRuleGroupMetrics',
    'AWS::WAFv2::WebACLMetrics',
  ],
  cloudtrail: ['AWS::CloudTrail::Trail'],
  s3: ['AWS::S3::Bucket'],
  ec2: ['AWS::EC2::AccountSettings', 'AWS::EC2::Instance', 'AWS::EC2::SecurityGroup', 'AWS::EC2::VPC'],
  services: [
    'AWS::AccessAnalyzer::AccountSettings',
    'AWS::Config::AccountSettings',
    'AWS::GuardDuty::AccountSettings',
    'AWS::InspectorV2::AccountSettings',
    'AWS::Macie::AccountSettings',
    'AWS::SecurityHub::AccountSettings',
  ],
  budgets: ['AWS::Budgets::Budget'],
  backup: ['AWS::Backup::AccountSettings', 'AWS::Backup::BackupPlan'],
  kms: ['AWS::KMS::Key'],
  rds: ['AWS::RDS::DBInstance'],
} as const satisfies Record<CollectorId, readonly string[]>

/** A type that a collector writes. */
export type WrittenType = (typeof writtenTypes)[CollectorId][number]

const pairs = Object.entries(writtenTypes).flatMap(([collector, types]) => types.map(type => ({ collector, type })))
const known: ReadonlySet<string> = new Set(pairs.map(({ collector, type }) => `${collector} ${type}`))

/** Whether a collector writes resources of a type. */
export function writesType(collector: string, type: string): boolean {
  return known.has(`${collector} ${type}`)
}

/** The collectors that write resources of a type. */
export function writersOf(type: string): string[] {
  return pairs.filter(pair => pair.type === type).map(({ collector }) => collector)
}

/** Every collector with every type that it writes, as `collector type`. */
export const writtenPairs: readonly string[] = [...known]
