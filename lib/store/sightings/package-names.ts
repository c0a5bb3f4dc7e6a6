import 'server-only'
import { isImage } from '../../domain/identity/fix-target'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../../sql/transaction'
import type { FindingKey, Settler } from './settled-findings'

const { sql } = Prisma

/** The longest list of packages of a finding, in characters. It is kept for the search. */
export const MAX_PACKAGES = 2000

/**
 * Updates the package names of findings that have several packages. Findings without a reported package keep their
 * names.
 */
export async function namePackages(
  _access: Settler,
  tx: Tx,
  findings: readonly (FindingKey & { resourceId: string })[],
): Promise<void> {
  const images = findings.filter(finding => isImage(finding.resourceId))
  if (images.length === 0) return
  await executeIn(
    tx,
    sql`UPDATE finding f SET package_name = n.names FROM (
        SELECT s.account_id, s.finding_id,
          left(string_agg(DISTINCT s.package_name COLLATE "C", ', ' ORDER BY s.package_name COLLATE "C"), ${MAX_PACKAGES}) AS names
        FROM unnest(${images.map(finding => finding.accountId)}::text[], ${images.map(finding => finding.id)}::uuid[]) AS k(account_id, id)
        JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id
        WHERE s.class = 'vulnerability' AND s.present AND s.result = 'failed' AND s.package_name <> ''
        GROUP BY 1, 2) AS n
      WHERE f.account_id = n.account_id AND f.id = n.finding_id AND f.package_name <> n.names`,
    'name-packages',
  )
}
