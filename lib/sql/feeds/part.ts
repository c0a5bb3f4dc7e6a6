import 'server-only'
import { feedsReporting, type Reporting } from '../../domain/feeds/feed-definitions'

/**
 * SQL: the part of its feed that a sighting belongs to, as completenessKey names it. For feeds that have no parts the
 * text matches no part. `sighting` and `finding` are aliases.
 */
export function partSql(sighting: string, finding: string): string {
  const control = `coalesce(${sighting}.own_control, ${sighting}.control)`
  const region = `coalesce(${sighting}.region, ${finding}.region)`
  const source = `${sighting}.source`
  return `CASE WHEN ${source} IN (${quoted('control')}) THEN ${control}
    WHEN ${source} IN (${quoted('control-in-region')}) THEN ${control} || '@' || ${region}
    ELSE 'region:' || ${region} END`
}

/**
 * The feeds with this kind of reports, as SQL literals. Ids are letters, digits and dashes; an empty list must match
 * nothing.
 */
function quoted(reporting: Reporting): string {
  return ['', ...feedsReporting(reporting)].map(id => `'${id}'`).join(', ')
}
