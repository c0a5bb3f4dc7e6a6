import type { PoolClient } from 'pg'
import { closedByHandIn } from '../../store/sightings/closed-by-hand'
import { addCounts, type FindingCounts, noCounts, type RunContext } from '../run/context'
import { settleFindings } from '../settle/settle-findings'
import { keyOf } from './id-set'
import type { Fact } from './known-records'

/**
 * Takes facts that the database agrees with already. Nothing is written, except that a finding which a person closed and the
 * source still reports opens again. The caller holds the lock of their accounts.
 */
export async function skipUnchanged(
  run: RunContext,
  client: PoolClient,
  facts: readonly Fact[],
): Promise<FindingCounts> {
  const moved = { ...noCounts(), passed: facts.filter(fact => fact.result === 'passed').length }
  const failed = facts.filter(fact => fact.result === 'failed')
  if (failed.length === 0) return moved
  const accounts = [...new Set(failed.map(fact => fact.feed.slice(0, 12)))]
  const byHand = await closedByHandIn(run.access, client, accounts)
  if (byHand.length === 0) return moved
  const failing = new Set(failed.map(fact => fact.finding.join()))
  const keys = byHand.filter(({ accountId, id }) => failing.has(keyOf(accountId, id).join()))
  const told = new Set(keys.map(({ accountId, id }) => `${accountId}/${id}`))
  const settled = await settleFindings(run, client, keys, { reported: told, failing: told })
  return addCounts(moved, settled.moved)
}
