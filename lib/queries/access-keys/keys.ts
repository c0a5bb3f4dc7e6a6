import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import type { KeyFilter, KeyMark, KeyState } from '../../domain/access-keys/filter'
import { PROVIDER_TYPE } from '../../domain/access-keys/iam-resources'
import { type KeyUse, RuleResult } from '../../domain/access-keys/pipeline'
import type { KeyDetail, KeyRow } from '../../domain/access-keys/views'
import { AccountId } from '../../domain/accounts/account-id'
import { addressOf, issuerOf, type PipelineSystem, pipelineSystems } from '../../domain/trust/issuers'
import type { Page } from '../../domain/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'
import { isWritten } from '../../sql/written-assets'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../cursor'

const { sql } = Prisma

const USE = sql`coalesce(k.mark, k.judged)`
const STATE = sql`CASE WHEN k.gone_at IS NOT NULL THEN 'gone' WHEN k.active THEN 'active' ELSE 'inactive' END`

/** Active keys of pipelines first, then keys that may be one's, the oldest first. */
const RANK = sql`CASE WHEN NOT k.active THEN 3 ELSE array_position(ARRAY['pipeline', 'probable', 'other'], ${USE}) - 1 END`
const AGE = sql`coalesce(extract(epoch FROM k.created_at)::int, 0)`

const COLUMNS = sql`k.account_id AS "accountId", a.name AS "accountName", a.owner_team AS team, k.id, k.user_name AS "userName",
  k.user_arn AS "userArn", k.user_tags AS tags, ${STATE} AS state, k.created_at AS "createdAt", k.last_used_at AS "usedAt",
  k.last_used_service AS service, k.last_used_region AS region, ${USE} AS use, k.score::int AS score, k.mark, k.system,
  k.started_at AS "startedAt", k.ended_at AS "endedAt"`

interface StoredKey {
  accountId: string
  accountName: string
  team: string
  id: string
  userName: string
  userArn: string
  tags: Record<string, string>
  state: KeyState
  createdAt: Date | null
  usedAt: Date | null
  service: string | null
  region: string | null
  use: KeyUse
  score: number
  mark: KeyMark | null
  system: string | null
  startedAt: Date | null
  endedAt: Date | null
}

/** One page of the access keys of the open accounts in scope. Throws `conflict` for a cursor of another list. */
export async function listKeys(
  access: Access<'findings:read'>,
  { text, use, state, account, team }: KeyFilter,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<Page<KeyRow>> {
  const after = cursor === null ? null : decodeCursor(cursor, z.tuple([PlaceInt, PlaceInt, AccountId, PlaceText]))
  const like = contains(text)
  const matches = sql`${accountInScope(access)} AND a.closed_at IS NULL
    AND (${text === ''} OR k.user_name ILIKE ${like} OR k.id ILIKE ${like} OR a.name ILIKE ${like} OR k.account_id LIKE ${like}
      OR EXISTS (SELECT FROM jsonb_each_text(k.user_tags) AS tag WHERE tag.key ILIKE ${like} OR tag.value ILIKE ${like}))
    AND (${use.length === 0} OR ${USE} = ANY(${use}::text[]))
    AND (${state.length === 0} OR ${STATE} = ANY(${state}::text[]))
    AND (${account.length === 0} OR k.account_id = ANY(${account}::text[]))
    AND (${team.length === 0} OR a.owner_team = ANY(${team}::text[]))`
  const rows = await read<StoredKey & { rank: number; age: number; total: number }>(
    sql`WITH wanted AS (
        SELECT ${COLUMNS}, ${RANK} AS rank, ${AGE} AS age FROM access_key k JOIN account a ON a.id = k.account_id WHERE ${matches}
      )
      SELECT w.*, (SELECT count(*)::int FROM wanted) AS total FROM wanted w
      WHERE ${after === null} OR (rank, age, "accountId", id)
        > (${after?.[0] ?? 0}::int, ${after?.[1] ?? 0}::int, ${after?.[2] ?? ''}, ${after?.[3] ?? ''})
      ORDER BY rank, age, "accountId", id LIMIT ${limit + 1}`,
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const trusts = await trustedSystems(shown.map(({ accountId }) => accountId))
  return {
    rows: shown.map(row => toRow(row, trusts)),
    next: rows.length > limit && last ? encodeCursor([last.rank, last.age, last.accountId, last.id]) : null,
    total: rows[0]?.total ?? 0,
    exact: true,
  }
}

/** One access key. Throws NotFoundError outside the reader's accounts. */
export async function getKey(access: Access<'findings:read'>, accountId: string, id: string): Promise<KeyDetail> {
  const [row] = await read<StoredKey & { rules: unknown; markedAt: Date | null; markedBy: string | null }>(
    sql`SELECT ${COLUMNS}, k.rules, k.marked_at AS "markedAt", m.name AS "markedBy"
      FROM access_key k JOIN account a ON a.id = k.account_id LEFT JOIN member m ON m.id = k.marked_by
      WHERE k.account_id = ${accountId} AND k.id = ${id} AND ${accountInScope(access)}`,
  )
  if (!row) throw new NotFoundError()
  return {
    ...toRow(row, await trustedSystems([accountId])),
    rules: z.array(RuleResult).catch([]).parse(row.rules),
    marked: row.markedAt ? { at: row.markedAt, by: row.markedBy } : null,
  }
}

/** The CI systems whose issuers have a provider in each of these accounts. */
async function trustedSystems(accountIds: readonly string[]): Promise<Map<string, PipelineSystem[]>> {
  const rows = await read<{ accountId: string; arn: string }>(
    sql`SELECT r.account_id AS "accountId", r.arn FROM asset r
      WHERE ${isWritten(sql`r`, PROVIDER_TYPE)} AND r.account_id = ANY(${[...new Set(accountIds)]}::text[])`,
  )
  const found = new Map<string, Set<PipelineSystem>>()
  for (const { accountId, arn } of rows) {
    const system = issuerOf(addressOf(arn) ?? '').system
    if (system) found.set(accountId, (found.get(accountId) ?? new Set()).add(system))
  }
  return new Map([...found].map(([id, systems]) => [id, pipelineSystems.filter(each => systems.has(each))]))
}

function toRow(row: StoredKey, trusts: ReadonlyMap<string, PipelineSystem[]>): KeyRow {
  const { usedAt, service, region } = row
  return {
    account: { id: row.accountId, name: row.accountName },
    team: row.team,
    id: row.id,
    user: { name: row.userName, arn: row.userArn, tags: row.tags },
    state: row.state,
    createdAt: row.createdAt,
    lastUsed: usedAt ? { at: usedAt, service, region } : null,
    use: row.use,
    score: row.score,
    mark: row.mark,
    system: pipelineSystems.find(each => each === row.system) ?? null,
    trusts: trusts.get(row.accountId) ?? [],
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  }
}
