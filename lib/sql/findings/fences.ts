import 'server-only'

/*
 * SQL for behind CROSS JOIN LATERAL: rows that are looked up by their key for each row before, whatever else is asked of them. As long
 * as a table that has just grown is not analysed, PostgreSQL takes an account for a few rows, and would rather read all of it each time.
 * OFFSET 0 keeps it from that: https://www.postgresql.org/docs/18/queries-limit.html
 */

/** The finding of a sighting; `sighting` is a row of the query with account_id and finding_id. */
export function findingOf(sighting: string): string {
  return `(SELECT * FROM finding WHERE account_id = ${sighting}.account_id AND id = ${sighting}.finding_id OFFSET 0)`
}

/**
 * The sightings of a finding; both arguments are SQL. Whether one is present is asked outside: it would let in the index of present
 * ones, which knows their account but not their finding.
 */
export function sightingsOf(accountId: string, findingId: string): string {
  return `(SELECT * FROM sighting WHERE account_id = ${accountId} AND finding_id = ${findingId} OFFSET 0)`
}
