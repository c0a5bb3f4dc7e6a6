import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { VulnerabilityFacts } from '../../domain/findings/facts'
import { splitFindingId } from '../../domain/findings/filter'
import { toSeverity } from '../../domain/findings/severity'
import { isImage } from '../../domain/identity/fix-target'
import type { AccountUpdate, FindingDetail } from '../../domain/views'
import { bySeverity, type UpdateOfFinding, updateFor } from '../../domain/vulnerabilities/updates'
import { highestVersion } from '../../domain/vulnerabilities/versions'
import { Prisma } from '../../generated/prisma/client'
import { weight } from '../../sql/feeds/score'
import { openStatusSql } from '../../sql/findings/open'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma

type Package = VulnerabilityFacts['packages'][number]

/** Open vulnerabilities that an update closes, written as in the partial index. */
const closable = sql`f.class = 'vulnerability' AND f.fix = 'yes' AND f.status IN (${openStatusSql})`

/** The packages of a finding by its newest sighting that names some. */
const packagesOf = sql`LATERAL (
  SELECT s.facts -> 'packages' AS packages, s.facts -> 'image' AS image FROM sighting s
  WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.facts ->> 'kind' = 'vulnerability'
  ORDER BY s.observed_at DESC, s.id LIMIT 1)`

/** More than a page of one resource has; the rest of a resource with more is not counted. */
const MOST_OF_RESOURCE = 1000

/** What the update for a vulnerability closes on its resource; null where no update is known. */
export async function updateOfFinding(
  access: Access<'findings:read'>,
  finding: FindingDetail,
): Promise<UpdateOfFinding | null> {
  if (finding.class !== 'vulnerability') return null
  const { accountId, uuid } = splitFindingId(finding.id)
  const rows = await read<{ id: string; severity: number; packages: Package[] | null }>(sql`
    SELECT f.id::text AS id, f.severity, p.packages FROM (
      SELECT f.account_id, f.id, f.severity FROM finding f
      WHERE f.account_id = ${accountId} AND f.resource_id = ${finding.resourceId} AND ${closable} AND ${inScope(access)}
      ORDER BY f.severity DESC LIMIT ${MOST_OF_RESOURCE}
    ) AS f LEFT JOIN ${packagesOf} AS p ON TRUE`)
  const all = rows.map(({ id, severity, packages }) => ({
    id,
    severity: toSeverity(severity),
    packages: packages ?? [],
  }))
  if (!all.some(each => each.id === uuid)) return null
  const fixable = bySeverity(all)
  return { update: updateFor(uuid, all), fixable, total: all.length, isImage: isImage(finding.resourceId) }
}

const MOST_UPDATES = 10
/** The worst vulnerabilities of an account, among which updates are counted. */
const MOST_OF_ACCOUNT = 10_000
/** Findings of an update whose packages are read for the version that it needs. */
const SAMPLE = 50

/** Images are replaced as a whole, whatever packages are in them: `isImage` in lib/domain/identity/fix-target.ts. */
const whole = sql`(f.resource_id LIKE 'arn:%:ecr:%/sha256:%' OR f.resource_id LIKE 'arn:%::image/ami-%')`

interface StoredUpdate {
  whole: boolean
  key: string
  resources: number
  total: number
  critical: number
  high: number
  medium: number
  low: number
  informational: number
  ids: string[]
}

/**
 * The updates of an account that close most, weighted like the score: a new image, or one version of a package wherever it
 * is installed.
 */
export async function updatesOfAccount(access: Access<'findings:read'>, id: AccountId): Promise<AccountUpdate[]> {
  const counted = (rank: number) => sql`(count(*) FILTER (WHERE severity = ${rank}))::int`
  const rows = await read<StoredUpdate>(sql`
    WITH worst AS MATERIALIZED (
      SELECT f.id, f.severity, f.resource_id, ${whole} AS whole, CASE WHEN ${whole} THEN f.resource_id ELSE f.package_name END AS key
      FROM finding f WHERE f.account_id = ${id} AND ${closable} AND ${inScope(access)}
      ORDER BY f.severity DESC LIMIT ${MOST_OF_ACCOUNT}
    ), top AS (
      SELECT whole, key, count(*)::int AS total, sum(${weight}) AS load, ${counted(5)} AS critical,
        ${counted(4)} AS high, ${counted(3)} AS medium, ${counted(2)} AS low, ${counted(1)} AS informational
      FROM worst WHERE key <> '' GROUP BY whole, key ORDER BY load DESC, total DESC, key LIMIT ${MOST_UPDATES}
    )
    SELECT t.whole, t.key, t.total, t.critical, t.high, t.medium, t.low, t.informational,
      count(DISTINCT w.resource_id)::int AS resources, (array_agg(w.id::text))[1:${SAMPLE}] AS ids
    FROM top t JOIN worst w ON w.key = t.key AND w.whole = t.whole
    GROUP BY t.whole, t.key, t.total, t.load, t.critical, t.high, t.medium, t.low, t.informational
    ORDER BY t.load DESC, t.total DESC, t.key`)
  const sampled = await read<{ id: string; packages: Package[] | null; image: VulnerabilityFacts['image'] }>(sql`
    SELECT f.id::text AS id, p.packages, p.image FROM finding f, ${packagesOf} AS p
    WHERE f.account_id = ${id} AND f.id = ANY(${rows.flatMap(row => row.ids)}::uuid[])`)
  const byId = new Map(sampled.map(each => [each.id, each]))
  return rows.map(({ whole: isWhole, ids, ...row }) => {
    const parts = ids.flatMap(each => byId.get(each) ?? [])
    const packages = parts.flatMap(each => each.packages ?? [])
    // "openssl 3.0.1" is the installed package with its version.
    const same = packages.filter(({ name, installed }) => [name, installed].filter(Boolean).join(' ') === row.key)
    const image = parts.find(each => each.image)?.image
    return {
      ...row,
      kind: isWhole ? 'image' : 'package',
      version: isWhole ? null : highestVersion(same.flatMap(({ fixed }) => fixed ?? [])),
      image: image ? [image.repository, image.tags.join(', ')].filter(Boolean).join(':') : null,
    }
  })
}
