import 'server-only'
import { deliveredFeeds, hubCollector, workflowOfStatus } from '../domain/collection/write-back/decision'
import { Prisma } from '../generated/prisma/client'
import { accountsOfConnection, hasRound } from './connected-accounts'

const { sql } = Prisma

const workflow = (status: Prisma.Sql) => sql`(${JSON.stringify(workflowOfStatus)}::jsonb ->> ${status})`

/**
 * SQL: the findings of a connection that people have decided about, or that were written before, and that are not as
 * they were last written. Each part has an index of its own.
 */
export function findingsToWrite(connectionId: string): Prisma.Sql {
  const part = (where: Prisma.Sql) =>
    sql`SELECT f.account_id, f.id, f.status FROM a JOIN finding f ON f.account_id = a.id WHERE ${where}`
  return sql`WITH a AS MATERIALIZED (${accountsOfConnection(connectionId)}), decided AS (
        ${part(sql`f.status IN ('accepted', 'false_positive')`)}
        UNION ALL ${part(sql`f.status = 'resolved' AND f.resolved_reason = 'hand'`)}
        UNION ALL ${part(sql`f.status = 'resolved' AND f.resolved_reason = 'verdict'`)}
        UNION ALL ${part(sql`f.status IN ('new', 'acknowledged', 'in_progress') AND (f.status <> 'new' OR f.owner_id IS NOT NULL)`)}
        UNION ALL SELECT f.account_id, f.id, f.status FROM a JOIN written_record w ON w.account_id = a.id
          JOIN finding f ON f.account_id = w.account_id AND f.id = w.finding_id)
      SELECT DISTINCT d.account_id, d.id FROM decided d
      WHERE EXISTS (SELECT FROM sighting s WHERE s.account_id = d.account_id AND s.finding_id = d.id AND s.present AND NOT s.unproven
          AND s.source = ANY(${[...deliveredFeeds]}::text[]) AND s.result NOT IN ('suppressed', 'archived'))
        AND NOT EXISTS (SELECT FROM written_record w WHERE w.account_id = d.account_id AND w.finding_id = d.id
          AND w.workflow = ${workflow(sql`d.status`)} AND w.failed_at IS NULL)`
}

/** SQL: whether a connection has had a round in which it read Security Hub itself. */
export function hasReadHub(connectionId: string): Prisma.Sql {
  return sql`(${hasRound(sql`${connectionId}::uuid`)} AND EXISTS (SELECT FROM coverage v
      JOIN import i ON i.id = v.import_id AND i.origin = 'collector'
      WHERE v.collector = ${hubCollector} AND v.ok_at IS NOT NULL AND v.account_id IN (${accountsOfConnection(connectionId)})))`
}
