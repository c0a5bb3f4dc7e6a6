import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { feedsReporting } from '../../domain/feeds/feed-definitions'
import { ResourceRegions } from '../../domain/feeds/resource-regions'
import { findingOf } from '../../sql/findings/fences'

/**
 * Where resources of an account are, by what sources that leave out the Region said of them before with one, else by the end of the ARN under which any
 * finding has them. Those that are known in several Regions are left out.
 */
export async function resourceRegions(_job: JobAccess, accountId: string): Promise<ResourceRegions> {
  const [rules, names] = await Promise.all([
    pool().query<{ control: string; resource: string; region: string }>(
      `SELECT coalesce(s.own_control, s.control) AS control, coalesce(s.resource_id, f.resource_id) AS resource, min(coalesce(s.region, f.region)) AS region
       FROM sighting s CROSS JOIN LATERAL ${findingOf('s')} f
       WHERE s.account_id = $1 AND s.source = ANY ($2::text[]) AND s.present AND coalesce(s.region, f.region) <> 'global'
       GROUP BY 1, 2 HAVING count(DISTINCT coalesce(s.region, f.region)) = 1`,
      [accountId, feedsReporting('control-in-region')],
    ),
    pool().query<{ key: string; region: string }>(
      `SELECT substring(resource_id FROM '[^:/]+$') AS key, min(region) AS region FROM finding
       WHERE account_id = $1 AND resource_id LIKE 'arn:%' AND region <> 'global'
       GROUP BY 1 HAVING count(DISTINCT region) = 1`,
      [accountId],
    ),
  ])
  return new ResourceRegions(
    rules.rows.map(({ control, resource, region }) => ({ control, resource: { id: resource }, region })),
    new Map(names.rows.map(({ key, region }) => [key, region])),
  )
}
