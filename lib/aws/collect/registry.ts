import 'server-only'
import type { CollectorId } from '../../domain/collection/collectors'
import type { Collector } from './collector'
import { cloudfront } from './entrances/cloudfront'
import { entrances } from './entrances/entrances'
import { accessAnalyzer } from './findings/access-analyzer'
import { config } from './findings/config'
import { guardduty } from './findings/guardduty'
import { inspector } from './findings/inspector'
import { macie } from './findings/macie'
import { securityHub } from './findings/security-hub'
import { securityHubV2 } from './findings/security-hub-v2'
import { trustedAdvisor } from './findings/trusted-advisor'
import { account } from './identity/account'
import { credentialReport } from './identity/credential-report'
import { iam } from './identity/iam'
import { identityCenter } from './identity/identity-center'
import { organization } from './identity/organization'
import { metrics } from './metrics/metrics'
import { backup } from './settings/backup'
import { budgets } from './settings/budgets'
import { cloudtrail } from './settings/cloudtrail'
import { ec2 } from './settings/ec2'
import { kms } from './settings/kms'
import { rds } from './settings/rds'
import { s3 } from './settings/s3'
import { securityServices } from './settings/services'
import { protection } from './waf/protection'
import { waf, wafGlobal } from './waf/waf'

const built: ReadonlyMap<CollectorId, Collector> = new Map(
  [
    organization,
    account,
    iam,
    credentialReport,
    identityCenter,
    securityHub,
    securityHubV2,
    guardduty,
    inspector,
    accessAnalyzer,
    config,
    macie,
    trustedAdvisor,
    waf,
    wafGlobal,
    protection,
    entrances,
    cloudfront,
    metrics,
    cloudtrail,
    s3,
    ec2,
    securityServices,
    budgets,
    backup,
    kms,
    rds,
  ].map(collector => [collector.id, collector]),
)

/** The code of a collector; null for one that this version cannot read yet. */
export function collectorOf(id: CollectorId): Collector | null {
  return built.get(id) ?? null
}
