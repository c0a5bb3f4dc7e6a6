import { account, iam, s3control } from './account'
import { cloudtrail } from './cloudtrail'
import { ec2 } from './ec2'
import { amplify, apprunner } from './entrances'
import { accessanalyzer } from './findings/access-analyzer'
import { configService } from './findings/config'
import { guardduty } from './findings/guardduty'
import { inspector2 } from './findings/inspector2'
import { macie2 } from './findings/macie2'
import { securityhub } from './findings/securityhub'
import { support, trustedadvisor } from './findings/trusted-advisor'
import type { AnyHandler } from './handler'
import { fms, shield, waf } from './waf'
import { wafv2 } from './wafv2'

export type Registry = Record<string, Record<string, AnyHandler>>

/** What the emulator answers itself; moto answers everything else. */
export const SERVICES: Registry = {
  accessanalyzer,
  account,
  amplify,
  apprunner,
  cloudtrail,
  'config-service': configService,
  ec2,
  fms,
  guardduty,
  iam,
  inspector2,
  macie2,
  's3-control': s3control,
  securityhub,
  shield,
  support,
  trustedadvisor,
  waf,
  wafv2,
}
