import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { ResolvedReason } from '../../domain/findings/lifecycle'
import { isOpen } from '../../domain/findings/status'
import type { Tags } from '../../domain/identity/tags'
import type { SourceId } from '../../domain/imports/outcome'
import { resourceConsoleLink } from '../../domain/resources/console-link'
import { exposureOf } from '../../domain/resources/exposure'
import type { ResourceQuery } from '../../domain/resources/resource-view'
import type { FindingRow, Person, ResourceView } from '../../domain/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { inScope, isResource } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { namedRowColumns, rowJoins, type StoredRow, toFindingRow } from '../findings/rows'

const { sql } = Prisma

const LIMIT = 200
/** The usual keys of tags that name an owner, the most telling first. */
const OWNER_KEYS = ['owner', 'owner-team', 'ownerteam', 'owned-by', 'team', 'contact']

interface StoredFinding extends StoredRow {
  resolved_reason: ResolvedReason | null
  is_public: boolean | null
  total: number
  open: number
}

/** A resource with its findings of every class and status. Throws NotFoundError for one without findings in scope. */
export async function getResource(
  access: Access<'findings:read'>,
  accountId: AccountId,
  { resource, region }: ResourceQuery,
): Promise<ResourceView> {
  const isOfIt = sql`${inScope(access)} AND f.account_id = ${accountId} AND ${isResource(resource.includes('\u0000') ? [] : [resource])}
    AND ${region === null ? sql`TRUE` : sql`f.region = ${region.replaceAll('\u0000', '')}`}`
  const ofIt = sql`(SELECT f.*, f.status IN (${openStatusSql}) AS is_open FROM finding f WHERE ${isOfIt} OFFSET 0)`
  const [stored, tagged] = await Promise.all([
    read<StoredFinding>(sql`
      SELECT ${namedRowColumns}, f.resolved_reason, (count(*) OVER ())::int AS total, (count(*) FILTER (WHERE f.is_open) OVER ())::int AS open,
        CASE WHEN f.class = 'posture' THEN (SELECT bool_or((s.facts ->> 'isPublic')::boolean) FROM sighting s
          WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.facts ->> 'kind' = 'access') END AS is_public
      FROM ${ofIt} AS f ${rowJoins}
      ORDER BY f.is_open DESC, f.severity DESC, f.first_seen_at DESC, f.sequence DESC LIMIT ${LIMIT}`),
    read<{ source: SourceId; at: Date; tags: Tags }>(sql`
      SELECT s.source, s.observed_at AS at, s.tags FROM ${ofIt} AS f
      JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND jsonb_typeof(s.tags) = 'object'
      ORDER BY s.present DESC, s.observed_at DESC, s.source, s.id LIMIT 1`),
  ])
  const [first] = stored
  if (!first) throw new NotFoundError()
  const rows = stored.map(toFindingRow)
  const tags = tagged[0] ? { source: tagged[0].source, at: tagged[0].at, values: tagged[0].tags } : null
  const exposure = exposureOf(
    rows.map((row, index) => ({
      ...row,
      resolvedReason: stored[index]?.resolved_reason ?? null,
      isPublic: stored[index]?.is_public ?? null,
    })),
  )
  return {
    accountId,
    accountName: first.account_name ?? '',
    environment: first.environment,
    resourceId: resource,
    resourceType: rows.find(row => row.resourceType !== '')?.resourceType ?? '',
    regions: [...new Set(rows.map(row => row.region))].sort(),
    consoleUrl: resourceConsoleLink({ accountId, region: first.region, resourceId: resource }),
    tags,
    ownerTag: ownerTagOf(tags?.values ?? {}),
    owners: ownersOf(rows),
    exposure,
    open: first.open,
    total: first.total,
    findings: rows,
  }
}

function ownerTagOf(tags: Tags): ResourceView['ownerTag'] {
  for (const wanted of OWNER_KEYS) {
    const found = Object.entries(tags).find(([key, value]) => key.toLowerCase() === wanted && value !== '')
    if (found) return { key: found[0], value: found[1] }
  }
  return null
}

/** The owners of open findings, those of the most first. */
function ownersOf(rows: readonly FindingRow[]): ResourceView['owners'] {
  const owners = new Map<string, { owner: Person; findings: number }>()
  for (const { owner, status } of rows) {
    if (!owner || !isOpen(status)) continue
    const known = owners.get(owner.id) ?? { owner, findings: 0 }
    owners.set(owner.id, { owner, findings: known.findings + 1 })
  }
  return [...owners.values()].sort((a, b) => b.findings - a.findings)
}
