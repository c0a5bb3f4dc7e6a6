import 'server-only'
import { feedsReporting, type Reporting } from '../../domain/feeds/feed-definitions'

/**
 * SQL of the part of its feed for which complete reports of a sighting are remembered, as completenessKey names it; where it is the
 * feed as a whole the text is that of no part. `sighting` and `finding` are aliases.
 */
export function partSql(sighting: string, finding: string): string {
  const control = `coalesce(${sighting}.own_control, ${sighting}.control)`
  const region = `coalesce(${sighting}.region, ${finding}.region)`
  const source = `${sighting}.source`
  return `CASE WHEN ${source} IN (${quoted('control')}) THEN ${control}
    WHEN ${source} IN (${quoted('control-in-region')}) THEN ${control} || '@' || ${region}
    ELSE 'region:' || ${region} END`
}

/** The feeds that report so, as SQL literals. Their ids are letters, digits and dashes; an empty list must fit nothing. */
function quoted(reporting: Reporting): string {
  return ['', ...feedsReporting(reporting)].map(id => `'${id}'`).join(', ')
}
