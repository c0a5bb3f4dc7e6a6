import 'server-only'

/**
 * SQL: whether a lead can confirm what an import closes: findings wait for it, or were outside the scope of a feed
 * whose reference a confirmation replaces. A feed that reports only problems has no reference. `imported` is an alias.
 */
export function confirmableSql(imported: string): string {
  return `EXISTS (SELECT FROM sighting s JOIN feed d ON d.account_id = s.account_id AND d.source = s.source AND d.product = s.product
    WHERE s.absent_import_id = ${imported}.id AND (s.absent_reason = 'waiting' OR (s.absent_reason = 'not_looked_at' AND d.sends_passes)))`
}
