import 'server-only'
import { collectorOf } from '../../aws/collect/registry'
import { now } from '../../clock'
import { type CollectorDefinition, collectors } from '../../domain/collection/collectors'
import type { RoundKind } from '../../domain/collection/connection'
import { slotsAt } from '../../domain/collection/schedule'
import { env } from '../../env'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { openAccountsOf } from '../../store/collection/connected'
import { usableConnection } from '../../store/collection/connections'
import { applyOrganization, applyOwnAccount } from '../../store/collection/organization'
import {
  type ActiveConnection,
  activeConnections,
  connectionsWithNewAccounts,
  endRounds,
  type OpenRound,
  type PlannedTask,
  planRound,
  roundsToPlan,
  startNewAccounts,
  startRound,
} from '../../store/collection/rounds'
import { access } from './run-task'

/** Resources of Regions take longest, and begin first: an account is read in the time of its longest task. */
const takesLong = ({ regional, feed }: CollectorDefinition) => regional && feed === null

const built = collectors
  .filter(({ id }) => collectorOf(id) !== null)
  .toSorted((a, b) => Number(takesLong(b)) - Number(takesLong(a)))

function task(accountId: string, { id }: CollectorDefinition): PlannedTask {
  return { accountId, collector: id, region: null }
}

/** What is read of each account in a round. */
function accountTasks(kind: RoundKind, accountId: string): PlannedTask[] {
  return built
    .filter(each => !each.ofOrganization && (kind === 'full' || each.light))
    .map(each => task(accountId, each))
}

/** What is read in the connection's own account before its other accounts are known. */
export function organizationTasks(connection: { kind: string; accountId: string }): PlannedTask[] {
  if (connection.kind !== 'organization') return []
  return built.filter(namesAccounts).map(each => task(connection.accountId, each))
}

/** The organization itself, which light rounds read too. What else it has may take long, and holds up no account. */
function namesAccounts({ ofOrganization, light }: CollectorDefinition): boolean {
  return ofOrganization && light
}

/** What is read of the organization beside its accounts. */
function centralTasks(kind: RoundKind, connection: { kind: string; accountId: string }): PlannedTask[] {
  if (connection.kind !== 'organization' || kind !== 'full') return []
  return built.filter(each => each.ofOrganization && !namesAccounts(each)).map(each => task(connection.accountId, each))
}

/** Begins the rounds whose time has come, and full ones of new accounts; plans and ends those that are under way. */
export async function advanceRounds(): Promise<void> {
  const slots = slotsAt(now(), env().HINOMI_TIME_ZONE)
  for (const connection of await activeConnections(access))
    await alone({ connection: connection.id }, () => startScheduled(connection, slots))
  // A new account is read at once, not in the next night.
  for (const connection of await connectionsWithNewAccounts(access))
    await alone({ connection }, async () => {
      await startNewAccounts(access, connection, id => accountTasks('full', id))
    })
  for (const round of await roundsToPlan(access)) if (round.idle) await alone({ round: round.id }, () => plan(round))
  await endRounds(access)
}

/** What fails for one connection must not hold up the others. An outage is theirs too. */
async function alone(of: object, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (outageOf(error)) throw error
    log.error({ err: error, ...of }, 'a round was not begun or planned, and will be tried again')
  }
}

async function plan(round: OpenRound): Promise<void> {
  const connection = await usableConnection(access, round.connectionId)
  if (!connection || round.kind === 'single') {
    if (connection && round.readsOrganization) await applyOrganization(access, connection)
    await planRound(access, round.id, [])
    return
  }
  // Also where the organization cannot be read: pages then show why.
  await applyOwnAccount(access, connection)
  if (connection.kind === 'organization') await applyOrganization(access, connection)
  const accounts = await openAccountsOf(access, round.connectionId)
  await planRound(access, round.id, [
    ...centralTasks(round.kind, connection),
    ...accounts.flatMap(id => accountTasks(round.kind, id)),
  ])
}

async function startScheduled(connection: ActiveConnection, slots: ReturnType<typeof slotsAt>): Promise<void> {
  const tasks = organizationTasks(connection)
  const begin = (kind: 'full' | 'light') =>
    startRound(access, { connectionId: connection.id, kind, slot: slots[kind], tasks })
  const begun = await begin('full')
  if (begun === null && !readsAll(connection, slots.light)) await begin('light')
}

/** Whether a full round reads, or has read, what a light one at this time would. */
function readsAll({ fullAt, isFull }: ActiveConnection, light: Date): boolean {
  return isFull || (fullAt !== null && fullAt >= light && fullAt <= now())
}
