import 'server-only'
import type { Access } from '../../access/proof'
import { inSnapshot } from '../../db'
import type { Permission } from '../../domain/people/role'
import { checkAccessKeys } from './collection/access-keys'
import { checkWaf } from './collection/waf'
import { checkAttachments } from './contents/attachments'
import { checkStates } from './contents/check-states'
import { checkPayloads } from './contents/payloads'
import { checkCounts } from './counts'
import { type Difference, Differences } from './differences'
import { checkExceptions } from './exceptions'
import { checkFindings } from './findings'
import { checkHistory } from './history'
import { checkImports } from './imports'
import { checkPolicies } from './policies'
import { checkScores } from './scores'
import { checkSnapshots } from './snapshots'
import { openWork, type UnderWay } from './under-way'

export interface CheckResult {
  differences: Difference[]
  /** How many differences each check found, including those that are not listed. */
  counts: ReadonlyMap<string, number>
  compared: number
  /** Unfinished work that numbers depend on: not a difference. */
  underWay: UnderWay[]
}

/**
 * Recomputes what pages, API and badges show from the base tables, and looks for rows that contradict each other: in one snapshot,
 * except for stored reports and files. `access` has to see every account. Writes nothing and takes no locks.
 */
export async function findDifferences(access: Access<Permission>): Promise<CheckResult> {
  const differences = new Differences()
  const underWay = await inSnapshot(async () => {
    const groups = await checkCounts(access, differences)
    await checkScores(access, groups, differences)
    await checkFindings(differences)
    await checkHistory(differences)
    await checkImports(access, differences)
    await checkExceptions(access, differences)
    await checkPolicies(access, differences)
    await checkSnapshots(differences)
    await checkAccessKeys(differences)
    await checkWaf(differences)
    return openWork()
  })
  await checkPayloads(differences)
  await checkAttachments(differences)
  await checkStates(differences)
  return { differences: differences.named, counts: differences.counts, compared: differences.compared, underWay }
}
