import 'server-only'
import type { JobAccess } from '../../access/proof'
import { feedsReporting } from '../../domain/feeds/feed-definitions'
import { ResourceRegions } from '../../domain/feeds/resource-regions'
import { Prisma } from '../../generated/prisma/client'
import { findingOf } from '../../sql/findings/fences'
import { readPrimary } from '../../sql/read'

const { raw, sql } = Prisma

/**
 * Regions of an account's resources: as reported earlier by the sources that may leave out the Region, else by the last
 * part of an ARN of any finding. Resources that are known in several Regions are left out.
 */
export async function resourceRegions(_job: JobAccess, accountId: string): Promise<ResourceRegions> {
  const [reported, names] = await Promise.all([
    readPrimary<{ control: string; resource: string; region: string }>(sql`
      SELECT coalesce(s.own_control, s.control) AS control, coalesce(s.resource_id, f.resource_id) AS resource,
        min(coalesce(s.region, f.region)) AS region
      FROM sighting s CROSS JOIN LATERAL ${raw(findingOf('s'))} f
      WHERE s.account_id = ${accountId} AND s.source = ANY (${feedsReporting('control-in-region')}::text[]) AND s.present
        AND coalesce(s.region, f.region) <> 'global'
      GROUP BY 1, 2 HAVING count(DISTINCT coalesce(s.region, f.region)) = 1`),
    readPrimary<{ key: string; region: string }>(sql`
      SELECT substring(resource_id FROM '[^:/]+$') AS key, min(region) AS region FROM finding
      WHERE account_id = ${accountId} AND resource_id LIKE 'arn:%' AND region <> 'global'
      GROUP BY 1 HAVING count(DISTINCT region) = 1`),
  ])
  return new ResourceRegions(
    reported.map(({ control, resource, region }) => ({ control, resource: { id: resource }, region })),
    new Map(names.map(({ key, region }) => [key, region])),
  )
}
