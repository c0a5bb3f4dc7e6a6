import 'server-only'

/**
 * Holds accounts until the transaction ends, in one order for every writer, so that two never wait for each other. Rows of members that
 * have to be held come before, rows of findings after. Its one parameter is the ids as text[]. Take it before reading what will be changed; a client or a Prisma transaction may run it.
 */
export const lockAccountsSql = `SELECT count(pg_advisory_xact_lock(hashtextextended('account:' || id, 0)))
  FROM (SELECT DISTINCT id FROM unnest($1::text[]) AS named(id) ORDER BY id) AS sorted`
