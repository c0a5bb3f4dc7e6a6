import type { PoolClient } from 'pg'
import { accountOf, findingKey, type RowKey } from '../../domain/identity/keys'
import { type ClosedByHand, closedByHandIn } from '../../store/sightings/closed-by-hand'
import { changedStatements } from '../../store/unchanged-records/unchanged-statements'
import type { Statements } from '../read/statements'
import { type FindingCounts, noCounts, type RunContext } from '../run/context'
import { settleFindings } from '../settle/settle-findings'

/**
 * Finds and counts the outcomes of a batch that are stored unchanged. Nothing is written for them: the feed remembers the complete
 * report. Only a finding that a person closed and the source still reports is reopened. Returns the rows of all others, ascending.
 * The caller holds the locks of their accounts.
 */
export async function skipUnchanged(
  run: RunContext,
  client: PoolClient,
  statements: Statements,
): Promise<{ moved: FindingCounts; others: number[] }> {
  const candidates = candidatesOf(run, statements)
  const changed = new Set<number>()
  if (candidates.length > 0) {
    const positions = await changedStatements(run.access, client, statements, candidates, run.observedAt)
    for (const position of positions) changed.add(candidates[position] ?? 0)
  }
  const others: number[] = []
  const unchanged: number[] = []
  for (let row = 0, next = 0; row < statements.length; row++) {
    const isCandidate = candidates[next] === row
    if (isCandidate) next++
    if (isCandidate && !changed.has(row)) unchanged.push(row)
    else others.push(row)
  }
  const closed = await closedByPeople(run, client, statements, unchanged)
  // A later update of the record alone may reopen a threat with a verdict, so that its time has to be stored.
  const byHand = [...closed.values()].filter(({ byVerdict }) => !byVerdict)
  const isJudged = (row: number) => closed.get(keyOf(statements, row))?.byVerdict === true
  const judged = byHand.length === closed.size ? [] : unchanged.filter(isJudged)
  const reopened = await reopenClosedByHand(run, client, byHand)
  // Rows with a verdict report a problem: none of them passed.
  const passed = unchanged.reduce((count, row) => count + Number(statements.passed(row)), 0)
  if (judged.length > 0) others.push(...judged)
  return { moved: { ...reopened, passed }, others: judged.length > 0 ? others.sort((a, b) => a - b) : others }
}

/** None in a partial report: each of its records confirms its sighting and is written. */
function candidatesOf(run: RunContext, statements: Statements): Uint32Array {
  if (!run.complete || !run.mayClose) return new Uint32Array(0)
  const current = new Set(
    statements.feeds.filter(feed => {
      const lastCompleteAt = run.feeds.get(feed)?.lastCompleteAt ?? null
      return run.blank.get(accountOf(feed)) === false && (lastCompleteAt === null || run.observedAt >= lastCompleteAt)
    }),
  )
  const rows = new Uint32Array(statements.length)
  let count = 0
  for (let row = 0; row < statements.length; row++)
    if (statements.plain(row) && current.has(statements.feedAt(row))) rows[count++] = row
  return rows.subarray(0, count)
}

function keyOf(statements: Statements, row: number): RowKey<'finding'> {
  return findingKey(statements.accountAt(row), statements.findingIdOf(row))
}

/** The findings that people closed and that these rows still report. */
async function closedByPeople(
  run: RunContext,
  client: PoolClient,
  statements: Statements,
  unchanged: readonly number[],
): Promise<Map<RowKey<'finding'>, ClosedByHand>> {
  const failing = unchanged.filter(row => statements.failed(row))
  const accounts = [...new Set(failing.map(statements.accountAt))]
  const closed = accounts.length > 0 ? await closedByHandIn(run.access, client, accounts) : []
  if (closed.length === 0) return new Map()
  const reported = new Set(failing.map(row => keyOf(statements, row)))
  const rows = closed.map((each): [RowKey<'finding'>, ClosedByHand] => [findingKey(each.accountId, each.id), each])
  return new Map(rows.filter(([key]) => reported.has(key)))
}

async function reopenClosedByHand(
  run: RunContext,
  client: PoolClient,
  keys: readonly ClosedByHand[],
): Promise<FindingCounts> {
  if (keys.length === 0) return noCounts()
  const still = new Set(keys.map(({ accountId, id }) => findingKey(accountId, id)))
  return (await settleFindings(run, client, keys, { reported: still, failing: still })).moved
}
