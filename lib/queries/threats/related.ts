import 'server-only'
import type { Access } from '../../access/proof'
import type { Facts } from '../../domain/findings/facts'
import { splitFindingId } from '../../domain/findings/filter'
import { actorOf, type SharedTrait, sharedActor } from '../../domain/threats/related'
import type { FindingDetail, FindingRow } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { wordMatches } from '../../sql/findings/text-matches'
import { inScope, isResource } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { namedRowColumns, rowJoins, type StoredRow, toFindingRow } from '../findings/rows'

type Sql = Prisma.Sql
const { sql } = Prisma

/** A finding that shares the actor or the resource of a threat. */
export interface RelatedFinding {
  finding: FindingRow
  shared: SharedTrait[]
  /** When its source saw it first and last; the last is null where the source does not say it. */
  firstAt: Date
  lastAt: Date | null
  count: number | null
}

/** Findings of each kind that are looked at. */
const LIMIT = 50

/**
 * Findings in scope with the key or an address of a threat's actor, with its principal in the same account, and with its
 * resource, the latest first. Empty for findings of other classes.
 */
export async function relatedFindings(
  access: Access<'findings:read'>,
  finding: FindingDetail,
): Promise<RelatedFinding[]> {
  if (finding.class !== 'threat') return []
  const { accountId, uuid } = splitFindingId(finding.id)
  const actor = finding.facts?.kind === 'threat' ? actorOf(finding.facts) : null
  const words = [...new Set([actor?.key ?? [], actor?.ips ?? []].flat())]
  const parts = [
    sql`f.account_id = ${accountId} AND ${isResource([finding.resourceId])}`,
    ...(words.length > 0 ? [sql`f.class = 'threat' AND ${anyWord(words)}`] : []),
    ...(actor?.principal
      ? [sql`f.class = 'threat' AND f.account_id = ${accountId} AND ${anyWord([actor.principal])}`]
      : []),
  ]
  const found = await read<StoredRow & { facts: Facts | null; first_observed_at: Date }>(sql`
    WITH related AS MATERIALIZED (${Prisma.join(parts.map(latestOf(access)), ' UNION ')})
    SELECT ${namedRowColumns}, (SELECT s.facts FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
        AND s.class = 'threat' AND s.facts IS NOT NULL ORDER BY s.present DESC, s.observed_at DESC LIMIT 1) AS facts
    FROM related r JOIN finding f ON f.account_id = r.account_id AND f.id = r.id ${rowJoins}
    WHERE NOT (f.account_id = ${accountId} AND f.id = ${uuid}::uuid)`)
  return found
    .flatMap((row): RelatedFinding[] => {
      const facts = row.facts?.kind === 'threat' ? row.facts : null
      const sameAccount = row.account_id === accountId
      const shared: SharedTrait[] = sameAccount && row.resource_id === finding.resourceId ? ['resource'] : []
      if (actor && facts) shared.push(...sharedActor(actor, actorOf(facts), sameAccount))
      if (shared.length === 0) return []
      return [
        {
          finding: toFindingRow(row),
          shared,
          firstAt: facts?.firstSeen ? new Date(facts.firstSeen) : row.first_observed_at,
          lastAt: facts?.lastSeen ? new Date(facts.lastSeen) : null,
          count: facts?.count ?? null,
        },
      ]
    })
    .sort((a, b) => (b.lastAt ?? b.firstAt).getTime() - (a.lastAt ?? a.firstAt).getTime())
}

/** Threats first, then the latest. OFFSET 0 keeps the planner from choosing an index for the order. */
function latestOf(access: Access): (part: Sql) => Sql {
  return part => sql`(SELECT f.account_id, f.id FROM (
      SELECT f.account_id, f.id, f.class, f.first_observed_at FROM finding f WHERE ${inScope(access)} AND ${part} OFFSET 0
    ) AS f ORDER BY f.class <> 'threat', f.first_observed_at DESC, f.id LIMIT ${LIMIT})`
}

/**
 * Findings with one of the words as a line of their terms. The first condition is for the index; it alone would let addresses that
 * begin with another one fill the list.
 */
function anyWord(words: readonly string[]): Sql {
  const conditions = words.map(word => sql`(${wordMatches(word)} AND ${word} = ANY(string_to_array(f.terms, E'\n')))`)
  return sql`(${Prisma.join(conditions, ' OR ')})`
}
