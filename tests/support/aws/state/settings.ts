import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3-control'

/** Switches of an account, or of an account in a Region, as they are in a new account. */
export interface Settings {
  /** Regions that the account has enabled; null: those that the emulator was started with. */
  'account.regions': readonly string[] | null
  'ec2.ebs-encryption': boolean
  'ec2.http-tokens': 'required' | 'optional' | null
  'ec2.image-block': 'block-new-sharing' | 'unblocked'
  'ec2.snapshot-block': 'block-all-sharing' | 'block-new-sharing' | 'unblocked'
  /** The account of the Firewall Manager administrator. */
  'fms.administrator': string | null
  /** Accounts whose findings this account sees as their administrator. */
  'guardduty.members': readonly string[]
  /** The text of the credential report; null: moto's. */
  'iam.credential-report': string | null
  'iam.organizations-features': readonly ('RootCredentialsManagement' | 'RootSessions')[]
  'inspector2.members': readonly string[]
  'inspector2.status': 'ENABLED' | 'DISABLED'
  'macie2.enabled': boolean
  'macie2.members': readonly string[]
  's3control.public-access-block': PublicAccessBlockConfiguration | null
  'securityhub.hub': boolean
  'securityhub.hub-v2': boolean
  /** The aggregation Region of the account and what is linked to it. */
  'securityhub.linked': {
    FindingAggregationRegion: string
    RegionLinkingMode: string | undefined
    Regions: string[]
  } | null
  'securityhub.members': readonly string[]
  'shield.subscription': 'ACTIVE' | 'INACTIVE'
  /** Whether the account has a plan with the API of AWS Support and all of Trusted Advisor. */
  'support.plan': boolean
}
export type SettingName = keyof Settings

export const DEFAULTS: Settings = {
  'account.regions': null,
  'ec2.ebs-encryption': false,
  'ec2.http-tokens': null,
  'ec2.image-block': 'block-new-sharing',
  'ec2.snapshot-block': 'unblocked',
  'fms.administrator': null,
  'guardduty.members': [],
  'iam.credential-report': null,
  'iam.organizations-features': [],
  'inspector2.members': [],
  'inspector2.status': 'DISABLED',
  'macie2.enabled': false,
  'macie2.members': [],
  's3control.public-access-block': null,
  'securityhub.hub': false,
  'securityhub.hub-v2': false,
  'securityhub.linked': null,
  'securityhub.members': [],
  'shield.subscription': 'INACTIVE',
  'support.plan': false,
}
