import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { renamedControl } from '../../domain/controls/table'
import type { ExceptionCondition, ExceptionMatch } from '../../domain/exceptions/exception'
import { severityRank } from '../../domain/findings/severity'
import { Prisma } from '../../generated/prisma/client'
import { likeText } from '../contains'

const { sql } = Prisma

/** Whether a rule stays within the actor's accounts. One that names no account is for every account. */
export function staysInScope(access: Access, match: Pick<ExceptionMatch, 'accounts'>): boolean {
  const own = accountFilter(access)
  return own === null || (match.accounts.length > 0 && match.accounts.every(id => own.includes(id)))
}

/** Whether `exception AS x` is within the actor's accounts; for a rule the same as staysInScope. A test compares the two. */
export function exceptionInScope(access: Access): Prisma.Sql {
  const own = accountFilter(access)
  if (own === null) return sql`TRUE`
  return sql`(x.account_id = ANY(${own}::text[]) OR (x.account_id IS NULL AND x.match -> 'accounts' <> '[]'
    AND x.match -> 'accounts' <@ to_jsonb(${own}::text[])))`
}

/** Whether `finding AS c` is within the actor's accounts. */
export function coveredInScope(access: Access): Prisma.Sql {
  const own = accountFilter(access)
  return own === null ? sql`TRUE` : sql`c.account_id = ANY(${own}::text[])`
}

/** Whether the actor requested `exception AS x`, also through a token that the actor created: nobody approves their own request. */
export function askedBy({ actor }: Access): Prisma.Sql {
  return sql`(x.requested_by = ${actor.id}
    OR EXISTS (SELECT 1 FROM api_token t WHERE t.id::text = x.requested_by AND t.created_by::text = ${actor.id}))`
}

/**
 * Whether a rule matches `finding AS f` and its condition holds, whatever the finding's status: the same as isFor and whyNot in
 * lib/domain/exceptions/exception.ts, as SQL that can use indexes. A test compares the two.
 */
export function ruleCondition(match: ExceptionMatch, condition: ExceptionCondition): Prisma.Sql {
  const { accounts, environments, control, resource, tag } = match
  const { severityAtMost } = condition
  const all = [
    accounts.length > 0 && sql`f.account_id = ANY(${accounts}::text[])`,
    environments.length > 0 &&
      sql`f.account_id IN (SELECT id FROM account WHERE environment = ANY(${environments}::text[]))`,
    control !== null && isControl(control),
    resource !== null && matches(sql`f.resource_id`, resource),
    tag !== null &&
      sql`(${isTagged(tag)} OR f.account_id IN (SELECT a.id FROM account a WHERE ${has(sql`a.tags`, tag)}))`,
    condition.tag !== null && isTagged(condition.tag),
    severityAtMost !== null && sql`f.severity <= ${severityRank(severityAtMost)}::smallint`,
  ].filter(part => part !== false)
  return Prisma.join([sql`TRUE`, ...all], ' AND ')
}

/** Whether `finding AS f` is of the control that a rule names, also by a name that another tool has for it. */
function isControl(pattern: string): Prisma.Sql {
  const renamed = renamedControl(pattern)
  const written = matches(sql`f.control`, pattern)
  return renamed === null ? written : sql`(${written} OR f.control = ${renamed})`
}

function matches(column: Prisma.Sql, pattern: string): Prisma.Sql {
  if (!pattern.includes('*')) return sql`${column} = ${pattern}`
  const like = likeText(pattern).replace(/\*+/g, '%')
  return sql`${column} LIKE ${like}`
}

/** Whether a source that reports the problem reports this tag of the resource. */
function isTagged(tag: { key: string; value: string | null }): Prisma.Sql {
  return sql`EXISTS (SELECT 1 FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present
    AND s.result IN ('failed', 'suppressed') AND ${has(sql`s.tags`, tag)})`
}

/** The tags of a finding's resource as each source that reports the problem reports them, over `finding AS f`: a JSON list. */
export const reportedTags = sql`coalesce((SELECT jsonb_agg(s.tags) FROM sighting s WHERE s.account_id = f.account_id
  AND s.finding_id = f.id AND s.present AND s.result IN ('failed', 'suppressed') AND s.tags IS NOT NULL), '[]')`

function has(column: Prisma.Sql, tag: { key: string; value: string | null }): Prisma.Sql {
  if (tag.value === null) return sql`coalesce(jsonb_exists(${column}, ${tag.key}), FALSE)`
  return sql`coalesce(${column} ->> ${tag.key} = ${tag.value}, FALSE)`
}
