import 'server-only'
import type { Access } from '../../access/proof'
import type { TeamId } from '../../domain/people/team'
import { type EntranceFilter, type EnvironmentChoice, type RungChoice, rungChoices } from '../../domain/waf/filter'
import type { Ladder } from '../../domain/waf/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { entrancesFrom, matchesEntrance } from './rows'

const { sql } = Prisma

const ACCOUNTS = 10

/** How the entrances of a list stand on the ladder. */
export async function getLadder(access: Access<'findings:read'>, filter: EntranceFilter): Promise<Ladder> {
  const matching = sql`${entrancesFrom} WHERE ${accountInScope(access)} AND ${matchesEntrance(filter)}`
  const [counted, accounts] = await Promise.all([
    read<{ rung: RungChoice; environment: EnvironmentChoice; n: number; judged_at: Date }>(
      sql`SELECT coalesce(e.rung, 'unknown') AS rung, coalesce(a.environment, 'unset') AS environment, count(*)::int AS n,
        min(e.judged_at) AS judged_at ${matching} GROUP BY 1, 2`,
    ),
    read<{ id: string; name: string; ownerTeam: TeamId; counts: Partial<Record<RungChoice, number>> }>(
      sql`SELECT c.id, c.name, c.owner_team AS "ownerTeam", jsonb_object_agg(c.rung, c.n) AS counts FROM (
          SELECT a.id, a.name, a.owner_team, coalesce(e.rung, 'unknown') AS rung, count(*)::int AS n,
            (e.rung IS NULL OR e.rung NOT IN ('blocking', 'operated')) AS below ${matching} GROUP BY 1, 2, 3, 4, 6) AS c
        GROUP BY 1, 2, 3 ORDER BY coalesce(sum(c.n) FILTER (WHERE c.below), 0) DESC, sum(c.n) DESC, c.id LIMIT ${ACCOUNTS}`,
    ),
  ])
  const counts = Object.fromEntries(
    rungChoices.map(rung => {
      const own = counted.filter(one => one.rung === rung)
      return [rung, Object.fromEntries(own.map(({ environment, n }) => [environment, n]))]
    }),
  ) as Ladder['counts']
  const times = counted.map(({ judged_at }) => judged_at.getTime())
  return {
    counts,
    accounts,
    total: counted.reduce((sum, { n }) => sum + n, 0),
    judgedAt: times.length > 0 ? new Date(Math.min(...times)) : null,
  }
}
