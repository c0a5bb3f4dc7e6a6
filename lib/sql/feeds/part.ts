import 'server-only'

/**
 * SQL of the part of its feed for which complete reports of a sighting are remembered, as completenessKey names it; where it is the
 * feed as a whole the text is that of no part. `sighting` and `finding` are aliases.
 */
export function partSql(sighting: string, finding: string): string {
  const control = `coalesce(${sighting}.own_control, ${sighting}.control)`
  const region = `coalesce(${sighting}.region, ${finding}.region)`
  return `CASE ${sighting}.source WHEN 'trusted-advisor' THEN ${control} WHEN 'config' THEN ${control} || '@' || ${region}
    ELSE 'region:' || ${region} END`
}
