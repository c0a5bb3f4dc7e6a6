import 'server-only'

/*
 * SQL to follow CROSS JOIN LATERAL: rows that are looked up by key for each row on its left, whatever the other conditions. Until a
 * table that has just grown is analysed, PostgreSQL estimates a few rows for an account and would read all of them each time. OFFSET 0
 * prevents that: https://www.postgresql.org/docs/18/queries-limit.html
 */

/** The finding of a sighting; `sighting` is a row of the query with account_id and finding_id. */
export function findingOf(sighting: string): string {
  return `(SELECT * FROM finding WHERE account_id = ${sighting}.account_id AND id = ${sighting}.finding_id OFFSET 0)`
}

/**
 * The sightings of a finding; both arguments are SQL. Test `present` outside: in here PostgreSQL would use the index of present
 * sightings, which has their account but not their finding.
 */
export function sightingsOf(accountId: string, findingId: string): string {
  return `(SELECT * FROM sighting WHERE account_id = ${accountId} AND finding_id = ${findingId} OFFSET 0)`
}
