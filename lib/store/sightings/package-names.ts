import 'server-only'
import type { PoolClient } from 'pg'
import { isImage } from '../../domain/identity/fix-target'
import type { FindingKey, Settler } from './settled-findings'

/** Longest list of packages that a finding carries, so that it can be searched for them. */
export const MAX_PACKAGES = 2000

/**
 * Brings the packages that findings of several name in line with what is reported now; where nothing is any more, they stay as they were.
 */
export async function namePackages(
  _access: Settler,
  client: PoolClient,
  findings: readonly (FindingKey & { resourceId: string })[],
): Promise<void> {
  const built = findings.filter(finding => isImage(finding.resourceId))
  if (built.length === 0) return
  await client.query({
    name: 'name-packages',
    text: `UPDATE finding f SET package_name = n.names FROM (
             SELECT s.account_id, s.finding_id, left(string_agg(DISTINCT s.package_name COLLATE "C", ', ' ORDER BY s.package_name COLLATE "C"), $3) AS names
             FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
             JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id
             WHERE s.class = 'vulnerability' AND s.present AND s.result = 'failed' AND s.package_name <> ''
             GROUP BY 1, 2) AS n
           WHERE f.account_id = n.account_id AND f.id = n.finding_id AND f.package_name <> n.names`,
    values: [built.map(finding => finding.accountId), built.map(finding => finding.id), MAX_PACKAGES],
  })
}
