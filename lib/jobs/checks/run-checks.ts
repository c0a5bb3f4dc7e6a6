import 'server-only'
import { createHash } from 'node:crypto'
import { jobAccess } from '../../access/job'
import type { CheckDefinition, Inventory } from '../../domain/checks/check'
import { checks as allChecks } from '../../domain/checks/checks'
import { type Evaluation, evaluate } from '../../domain/checks/evaluate'
import { checksDefinition } from '../../domain/collection/collectors'
import type { CollectionHeader } from '../../domain/collection/lines'
import { receiveImport } from '../../ingest/receive/receive'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { loadInventory } from '../../store/checks/inventory'
import { type ClaimedRun, claimRun, endRun } from '../../store/checks/requests'
import { judgeAccount, recallAcls } from '../../store/waf/judge'

/** The permissions of a sender who says everything about an account. */
const access = jobAccess('checks', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

/** The same results are reported again after this time, so that the source does not seem silent. */
const REPEAT_AFTER_MS = 20 * 3_600_000

/** Runs the checks of one account that are due, and queues what they report. False if none are due. */
export async function runNextChecks(checks: readonly CheckDefinition[] = allChecks): Promise<boolean> {
  const run = await claimRun(access)
  if (!run) return false
  const loaded = await loadInventory(access, run.accountId)
  const inventory = loaded && (await judge(loaded))
  await endRun(access, run, inventory && (await report(run, inventory, checks)))
  return true
}

/** What cannot be judged stays as it was, and its checks say so; the others need not wait for it. */
async function judge(inventory: Inventory): Promise<Inventory> {
  try {
    return await judgeAccount(access, inventory)
  } catch (error) {
    if (outageOf(error)) throw error
    log.error({ err: error, account: inventory.account.id }, 'the web ACLs and entrances of an account were not judged')
    return recallAcls(access, inventory)
  }
}

async function report({ last }: ClaimedRun, inventory: Inventory, checks: readonly CheckDefinition[]) {
  const { account, now: at } = inventory
  const { records, examined, errors } = evaluate(inventory, checks)
  logErrors(account.id, errors)
  if (examined.length === 0) return null
  const lines = [...records, ...examined].map(line => `${JSON.stringify(line)}\n`)
  const digest = createHash('sha256').update(lines.join('')).digest('hex')
  const age = last?.digest === digest ? at.getTime() - last.at.getTime() : REPEAT_AFTER_MS
  if (age >= 0 && age < REPEAT_AFTER_MS) return null
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

/** One malformed resource ends several checks with the same error. */
function logErrors(account: string, errors: Evaluation['errors']): void {
  const byText = new Map(errors.map(({ error }) => [String(error), error]))
  for (const [text, err] of byText) {
    const failed = errors.filter(({ error }) => String(error) === text).map(({ check }) => check)
    log.error({ err, checks: failed, account }, 'checks failed')
  }
}

async function* bytesOf(header: CollectionHeader, lines: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(header)}\n`)
  for (const line of lines) yield Buffer.from(line)
}
