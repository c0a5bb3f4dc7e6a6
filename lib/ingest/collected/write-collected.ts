import type { PoolClient } from 'pg'
import { transaction } from '../../db'
import { LEDGER_COLLECTOR, ledgerOf } from '../../domain/access-keys/ledger'
import { checks } from '../../domain/checks/checks'
import { isLeftOut } from '../../domain/collection/findings/read-elsewhere'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { feedKey, type RowKey } from '../../domain/identity/keys'
import { keyResources, saveKeys } from '../../store/access-keys/ledger'
import { requestChecks } from '../../store/checks/requests'
import { saveCheckStates } from '../../store/checks/states'
import {
  assetIds,
  dropAssets,
  newerCells,
  type ReportStamp,
  saveAssets,
  saveCells,
} from '../../store/collection/assets'
import { feedsOf } from '../../store/feeds/feeds'
import { keyOf } from '../contents/id-set'
import { accountTransaction } from '../run/account-transaction'
import type { RunContext } from '../run/context'
import type { Collected, CollectedAsset } from './collected'

const PAGE = 5000
const FIRST = '00000000-0000-0000-0000-000000000000'

/** What a person sends with a time ahead must not hold back what Hinomi reads next. */
function stampOf({ importId, readAt }: RunContext): ReportStamp {
  return { importId, observedAt: readAt }
}

/** Writes the resources of a batch, without those of cells that a newer report has read. */
export async function writeAssets(
  run: RunContext,
  client: PoolClient,
  collected: Collected,
  assets: readonly CollectedAsset[],
): Promise<void> {
  const { id, regional } = collected.definition
  const accounts = [...new Set(assets.map(({ account }) => account))]
  const newer = await newerCells(run.access, client, stampOf(run), id, accounts)
  const isNewer = (asset: CollectedAsset) =>
    newer.some(({ account, region }) => account === asset.account && (!regional || region === asset.region))
  const current = newer.length === 0 ? assets : assets.filter(asset => !isNewer(asset))
  await saveAssets(run.access, client, stampOf(run), id, current)
}

/**
 * Ends a collected report: stores the states of its cells, and if it is complete deletes the resources that it lacks in cells of which
 * it read everything. `isRejected`: whether records of an account were rejected, which may stand for such resources. Can be repeated
 * after a crash.
 */
export async function closeCells(
  run: RunContext,
  collected: Collected,
  isRejected: (accountId: string) => boolean,
): Promise<void> {
  for (const account of collected.accounts) {
    if (run.complete && !isRejected(account)) await dropAbsent(run, collected, account)
    await accountTransaction(run, [account], async client => {
      await updateKeys(run, client, collected, account)
      await saveCells(
        run.access,
        client,
        stampOf(run),
        collected.cells.filter(cell => cell.account === account),
      )
      const examined = collected.examined.filter(line => line.account === account)
      await saveCheckStates(run.access, client, stampOf(run), account, examined)
      if (isExamined(collected.definition)) await requestChecks(client, [account])
    })
  }
}

const needed = new Set<string>(checks.flatMap(({ needs }) => needs))

/** Whether Hinomi's own checks read what a collector wrote, or that it could not read it. */
function isExamined({ id, feed }: Collected['definition']): boolean {
  return feed === null || needed.has(id)
}

/**
 * Makes the ledger of an account's access keys from its resources, unless a newer report has done so. What a report could not read
 * stays as it was.
 */
async function updateKeys(run: RunContext, client: PoolClient, collected: Collected, account: string): Promise<void> {
  const { id } = collected.definition
  if (id !== LEDGER_COLLECTOR) return
  if ((await newerCells(run.access, client, stampOf(run), id, [account])).length > 0) return
  const resources = await keyResources(run.access, client, account)
  await saveKeys(run.access, client, stampOf(run), account, ledgerOf(resources))
}

async function dropAbsent(run: RunContext, collected: Collected, account: string): Promise<void> {
  const { id: collector, feed } = collected.definition
  const { regions } = collected.cellsOf(account)
  if (feed !== null || regions?.size === 0) return
  const newer = await transaction(client => newerCells(run.access, client, stampOf(run), collector, [account]))
  if (regions === null && newer.length > 0) return
  const outdated = new Set(newer.map(({ region }) => region))
  const current = regions && [...regions].filter(region => !outdated.has(region))
  const cells = { account, collector, regions: current, kept: [...collected.unreadTypes] }
  for (let after = FIRST, more = true; more; ) {
    const from = after
    const page = await transaction(client => assetIds(run.access, client, cells, from, PAGE))
    const gone = page.filter(id => !collected.assets.has(...keyOf(account, id.replaceAll('-', ''))))
    if (gone.length > 0)
      await accountTransaction(run, [account], client => dropAssets(run.access, client, account, gone))
    after = page.at(-1) ?? after
    more = page.length === PAGE
  }
}

/**
 * The feeds that a collected report reads, also those of which it has no record: a feed of the service itself, and those that are known
 * in the accounts of its cells that answered.
 */
export async function collectedFeeds(
  run: RunContext,
  client: PoolClient,
  collected: Collected,
): Promise<RowKey<'feed'>[]> {
  const { feed: source } = collected.definition
  if (source === null) return []
  const keys: RowKey<'feed'>[] = []
  const { products, product } = feedDefinition(source) ?? {}
  for (const accountId of collected.accounts) {
    if (collected.cellsOf(accountId).regions?.size === 0) continue
    if (products === 'own' && product) keys.push(feedKey({ accountId, source, product }))
    for (const feed of await feedsOf(run.access, client, accountId, source)) {
      if (!isLeftOut(source, feed.product)) keys.push(feedKey(feed))
    }
  }
  return keys
}
