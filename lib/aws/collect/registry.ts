import 'server-only'
import type { CollectorId } from '../../domain/collection/collectors'
import type { Collector } from './collector'
import { guardduty } from './findings/guardduty'
import { account } from './identity/account'
import { credentialReport } from './identity/credential-report'
import { iam } from './identity/iam'
import { organization } from './identity/organization'

const built: ReadonlyMap<CollectorId, Collector> = new Map(
  [organization, account, iam, credentialReport, guardduty].map(collector => [collector.id, collector]),
)

/** The code of a collector; null for one that this version cannot read yet. */
export function collectorOf(id: CollectorId): Collector | null {
  return built.get(id) ?? null
}
