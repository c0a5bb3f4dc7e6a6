import 'server-only'
import { requirementsOf } from '../../../domain/controls/requirements'
import type { Facts, VulnerabilityFacts } from '../../../domain/findings/facts'
import { splitFindingId } from '../../../domain/findings/filter'
import type { Suppression } from '../../../domain/imports/outcome'
import type { FindingRow } from '../../../domain/views'
import { Prisma } from '../../../generated/prisma/client'
import { read } from '../../../sql/read'

const { sql } = Prisma

/** What the page of a finding shows beside its row, as text. Empty or null where no source says it. */
export interface FindingDetails {
  description: string
  remediation: string
  remediationUrl: string
  /** KEY=VALUE of the resource, separated by semicolons. */
  tags: string
  /** One a line: when, who, text. */
  comments: string
  suppressedBy: string
  suppressedAt: string
  suppressedNote: string
  /** Of a vulnerability: whether CISA's list of known exploited ones has it. */
  kev: boolean | null
  cvss: number | null
  cvssVector: string
  fixedVersions: string
  image: string
  references: string
  /** The requirements that its control proves, such as `cis-3.0.0 2.2.1`, separated by semicolons. */
  frameworks: string
}

interface StoredDetails {
  id: string
  kev: boolean | null
  description: string | null
  remediation: string | null
  remediationUrl: string | null
  facts: Facts | null
  tags: string | null
  comments: string | null
  suppression: Suppression | null
}

/** Adds the details to rows that the reader may see. */
export async function withDetails<R extends FindingRow>(rows: readonly R[]): Promise<(R & FindingDetails)[]> {
  if (rows.length === 0) return []
  const keys = rows.map(row => splitFindingId(row.id))
  const ofFinding = sql`s.account_id = f.account_id AND s.finding_id = f.id`
  // The texts and facts are those of the page: lib/queries/findings/finding.ts.
  const stored = await read<StoredDetails>(sql`
    SELECT f.account_id || '-' || replace(f.id::text, '-', '') AS id, CASE WHEN f.class = 'vulnerability' THEN f.kev END AS kev,
      p.description, p.remediation_text AS remediation, p.remediation_url AS "remediationUrl", c.facts, t.tags, n.comments,
      u.suppression
    FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.uuid)}::uuid[]) AS k(account_id, id)
    JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
    LEFT JOIN LATERAL (
      SELECT s.description, s.remediation_text, s.remediation_url FROM sighting s WHERE ${ofFinding}
      ORDER BY (s.present AND s.result = 'failed') DESC, s.unproven, (s.description <> '') DESC, s.severity DESC, s.source COLLATE "C", s.id LIMIT 1
    ) AS p ON TRUE
    LEFT JOIN LATERAL (
      SELECT s.facts FROM sighting s WHERE ${ofFinding} AND s.facts IS NOT NULL
      ORDER BY s.unproven, s.present DESC, coalesce(s.record_updated_at, s.observed_at) DESC, s.id LIMIT 1) AS c ON TRUE
    LEFT JOIN LATERAL (
      SELECT string_agg(DISTINCT g.key || '=' || g.value, '; ') AS tags FROM sighting s, jsonb_each_text(s.tags) AS g WHERE ${ofFinding}
    ) AS t ON TRUE
    LEFT JOIN LATERAL (
      SELECT string_agg(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ' ' || e.actor_name || ': ' || e.text, E'\\n' ORDER BY e.id) AS comments
      FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id AND e.kind = 'comment' AND e.text IS NOT NULL) AS n ON TRUE
    LEFT JOIN LATERAL (
      SELECT s.suppression FROM sighting s WHERE ${ofFinding} AND s.present AND s.result = 'suppressed' AND s.suppression IS NOT NULL
      ORDER BY s.source COLLATE "C", s.id LIMIT 1) AS u ON TRUE`)
  const byId = new Map(stored.map(row => [row.id, row]))
  return rows.flatMap(row => {
    const found = byId.get(row.id)
    return found ? [{ ...row, ...detailsOf(row, found) }] : []
  })
}

function detailsOf({ control }: FindingRow, stored: StoredDetails): FindingDetails {
  const { suppression, facts } = stored
  return {
    description: stored.description ?? '',
    remediation: stored.remediation ?? '',
    remediationUrl: stored.remediationUrl ?? '',
    tags: stored.tags ?? '',
    comments: stored.comments ?? '',
    suppressedBy: suppression?.by ?? '',
    suppressedAt: suppression?.at ?? '',
    suppressedNote: suppression?.note ?? '',
    kev: stored.kev,
    ...vulnerabilityCells(facts?.kind === 'vulnerability' ? facts : null),
    references: facts?.kind === 'vulnerability' || facts?.kind === 'check' ? facts.references.join(' ') : '',
    frameworks: requirementsOf(control)
      .map(({ framework, ids }) => `${framework} ${ids.join(' ')}`)
      .join('; '),
  }
}

function vulnerabilityCells(facts: VulnerabilityFacts | null) {
  // Of the newest version: a source names the scores of several.
  const [cvss] = (facts?.cvss ?? []).toSorted((a, b) => Number(b.version ?? 0) - Number(a.version ?? 0))
  const { repository = null, tags = [] } = facts?.image ?? {}
  const fixed = (facts?.packages ?? []).flatMap(each => (each.fixed === null ? [] : `${each.name} ${each.fixed}`))
  return {
    cvss: cvss?.score ?? null,
    cvssVector: cvss?.vector ?? '',
    fixedVersions: [...new Set(fixed)].join('; '),
    image: [repository ?? '', tags.join(' ')].filter(Boolean).join(': '),
  }
}
