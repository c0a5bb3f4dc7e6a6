import { account, s3control } from './account'
import { cloudtrail } from './cloudtrail'
import { cloudwatch } from './cloudwatch'
import { ec2 } from './ec2'
import { EMPTY } from './empty'
import { amplify, apprunner, lambda } from './entrances'
import { accessanalyzer } from './findings/access-analyzer'
import { configService } from './findings/config'
import { guardduty } from './findings/guardduty'
import { inspector2 } from './findings/inspector2'
import { macie2 } from './findings/macie2'
import { securityhub } from './findings/securityhub'
import { support, trustedadvisor } from './findings/trusted-advisor'
import type { AnyHandler } from './handler'
import { iam } from './iam'
import { organizations } from './organizations'
import { s3 } from './s3'
import { fms, shield, waf } from './waf/waf'
import { wafv2 } from './waf/wafv2'

export type Registry = Record<string, Record<string, AnyHandler>>

/** The handlers of several registries; later ones win. */
export function merge(...registries: Registry[]): Registry {
  const merged: Registry = {}
  for (const registry of registries) {
    for (const [service, handlers] of Object.entries(registry)) merged[service] = { ...merged[service], ...handlers }
  }
  return merged
}

/** What the emulator answers itself; moto answers everything else. */
export const SERVICES: Registry = merge(EMPTY, {
  accessanalyzer,
  account,
  amplify,
  apprunner,
  cloudtrail,
  cloudwatch,
  'config-service': configService,
  ec2,
  fms,
  guardduty,
  iam,
  inspector2,
  lambda,
  macie2,
  organizations,
  s3,
  's3-control': s3control,
  securityhub,
  shield,
  support,
  trustedadvisor,
  waf,
  wafv2,
})
