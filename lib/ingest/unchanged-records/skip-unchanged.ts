import type { PoolClient } from 'pg'
import { accountOf, findingKey, type RowKey } from '../../domain/identity/keys'
import { closedByHandIn } from '../../store/sightings/closed-by-hand'
import { unchangedStatements } from '../../store/unchanged-records/unchanged-statements'
import type { Statements } from '../read/parsed-batch'
import { type FindingCounts, noCounts, type RunContext } from '../run/context'
import { settleFindings } from '../settle/settle-findings'

/**
 * Finds the outcomes of a batch that the database has just so, and counts them. A complete report remembers with its feed that they were
 * reported again, so that nothing is written of them, except that a finding which a person closed and the source still reports opens
 * again. Returns the numbers of all others. The caller holds the lock of their accounts.
 */
export async function skipUnchanged(
  run: RunContext,
  client: PoolClient,
  statements: Statements,
): Promise<{ moved: FindingCounts; others: number[] }> {
  const all = statements.sightingIds.keys()
  const candidates = candidatesOf(run, statements)
  const moved = noCounts()
  if (candidates.length === 0) return { moved, others: [...all] }
  const accounts = statements.feeds.map(accountOf)
  const accountAt = (n: number) => accounts[statements.feed[n] ?? 0] ?? ''
  const positions = await unchangedStatements(
    run.access,
    client,
    {
      accountIds: candidates.map(accountAt),
      sightingIds: candidates.map(n => statements.sightingIds[n] ?? ''),
      findingIds: candidates.map(n => statements.findingIds[n] ?? ''),
      contentHashes: candidates.map(n => statements.contentHashes[n] ?? 0n),
      updatedAt: candidates.map(n => statements.updatedAt[n] ?? Number.NaN),
    },
    run.observedAt,
  )
  const unchanged = new Set(positions.map(position => candidates[position]))
  const failing = new Set<RowKey<'finding'>>()
  for (const n of unchanged) {
    if (n === undefined) continue
    if (statements.passed[n]) moved.passed++
    if (statements.failed[n]) failing.add(findingKey(accountAt(n), statements.findingIds[n] ?? ''))
  }
  const reopened = await reopenClosedByHand(run, client, failing)
  return {
    moved: { ...reopened, passed: moved.passed },
    others: [...all].filter(n => !unchanged.has(n)),
  }
}

/** Of a report that need not be complete each record says by itself that the thing still was so, and is written for that. */
function candidatesOf(run: RunContext, { feeds, feed, plain }: Statements): number[] {
  if (!run.complete || !run.mayClose) return []
  const current = feeds.map(name => {
    const lastCompleteAt = run.feeds.get(name)?.lastCompleteAt ?? null
    return run.blank.get(accountOf(name)) === false && (lastCompleteAt === null || run.observedAt >= lastCompleteAt)
  })
  return [...plain.keys()].filter(n => plain[n] && current[feed[n] ?? 0])
}

async function reopenClosedByHand(
  run: RunContext,
  client: PoolClient,
  failing: ReadonlySet<RowKey<'finding'>>,
): Promise<FindingCounts> {
  const accounts = [...new Set([...failing].map(accountOf))]
  const byHand = accounts.length > 0 ? await closedByHandIn(run.access, client, accounts) : []
  const keys = byHand.filter(({ accountId, id }) => failing.has(findingKey(accountId, id)))
  if (keys.length === 0) return noCounts()
  const told = new Set(keys.map(({ accountId, id }) => findingKey(accountId, id)))
  return (await settleFindings(run, client, keys, { reported: told, failing: told })).moved
}
