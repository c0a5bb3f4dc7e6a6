import 'server-only'
import { createHash } from 'node:crypto'
import { jobAccess } from '../../access/job'
import type { CheckDefinition, Inventory } from '../../domain/checks/check'
import { checks as allChecks } from '../../domain/checks/checks'
import { evaluate } from '../../domain/checks/evaluate'
import { checksDefinition } from '../../domain/collection/collectors'
import type { CollectionHeader } from '../../domain/collection/lines'
import { receiveImport } from '../../ingest/receive/receive'
import { log } from '../../log'
import { loadInventory } from '../../store/checks/inventory'
import { type ClaimedRun, claimRun, endRun } from '../../store/checks/requests'
import { judgeAccount } from '../../store/waf/judge'

/** The permissions of a sender who says everything about an account. */
const access = jobAccess('checks', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

/** The same results are reported again after this time, so that the source does not seem silent. */
const REPEAT_AFTER_MS = 20 * 3_600_000

/** Runs the checks of one account that are due, and queues what they report. False if none are due. */
export async function runNextChecks(checks: readonly CheckDefinition[] = allChecks): Promise<boolean> {
  const run = await claimRun(access)
  if (!run) return false
  const loaded = await loadInventory(access, run.accountId)
  const inventory = loaded && (await judgeAccount(access, loaded))
  await endRun(access, run, inventory && (await report(run, inventory, checks)))
  return true
}

async function report({ last }: ClaimedRun, inventory: Inventory, checks: readonly CheckDefinition[]) {
  const { account, now: at } = inventory
  const { records, examined, errors } = evaluate(inventory, checks)
  for (const { check, error } of errors) log.error({ err: error, check, account: account.id }, 'a check failed')
  if (examined.length === 0) return null
  const lines = [...records, ...examined].map(line => `${JSON.stringify(line)}\n`)
  const digest = createHash('sha256').update(lines.join('')).digest('hex')
  if (last?.digest === digest && at.getTime() - last.at.getTime() < REPEAT_AFTER_MS) return null
  const header: CollectionHeader = {
    collection: 1,
    account: account.id,
    collector: checksDefinition.id,
    startedAt: at.toISOString(),
    whole: true,
  }
  const { id } = await receiveImport(access, bytesOf(header, lines), {
    source: checksDefinition.feed,
    account: account.id,
    coverage: 'complete',
    origin: 'collector',
    fileName: `checks-${account.id}.ndjson`,
    observedAt: at,
    force: true,
  })
  return { digest, importId: id, at }
}

async function* bytesOf(header: CollectionHeader, lines: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(header)}\n`)
  for (const line of lines) yield Buffer.from(line)
}
