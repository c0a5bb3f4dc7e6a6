import 'server-only'
import { AccountId } from '../domain/accounts/account-id'
import { collectors } from '../domain/collection/collectors'
import type { ConnectionTestStep } from '../domain/collection/connection-test'
import type { Failure } from '../domain/collection/failure'
import { ACCOUNT_TYPE, InventoryLine } from '../domain/collection/lines'
import type { AwsAccess } from './aws'
import type { CellCalls } from './collect/collector'
import { organization } from './collect/identity/organization'
import { probes } from './collect/probes'
import { AwsFailure, toFailure } from './failure'
import { getIdentity } from './identity'
import { globalRegionOf } from './partition'
import { tryUpdate } from './write-back'

/** The parts of a connection that a test uses. */
export interface TestedConnection {
  /** The management or delegated account of an organization, or a single account. */
  readonly account: AccountId
  readonly isOrganization: boolean
  readonly partition: string
  readonly roleName: string
  readonly externalId: string
  /** Where services with Regions are tried. */
  readonly region: string
  /** Where findings are written back, and by which role; null where that is off. */
  readonly writeBack: { account: AccountId; region: string; roleName: string } | null
}

type Outcome = Pick<ConnectionTestStep, 'state' | 'failure'>

const SESSION = 'hinomi-test'
const SKIPPED: Outcome = { state: 'skipped', failure: null }

/** Tests a connection step by step. A step that needs a failed one is skipped. */
export async function* testConnection(
  aws: AwsAccess,
  connection: TestedConnection,
  signal: AbortSignal,
): AsyncGenerator<ConnectionTestStep> {
  const { account, isOrganization, region, partition, roleName, externalId, writeBack } = connection
  const global = globalRegionOf(partition)
  const callsIn = (id: AccountId, where: string) =>
    aws.asRole({ account: id, partition, roleName, externalId, sessionName: SESSION }, { region: where, signal })

  const own = await outcomeOf(() => getIdentity(aws.asSelf('self', { region, signal })))
  yield { id: 'credentials', collector: null, account: null, ...own }
  const role = own.state === 'ok' ? await outcomeOf(() => signIn(callsIn(account, region))) : SKIPPED
  yield { id: 'role', collector: null, account, ...role }

  const central = role.state === 'ok' ? account : null
  let member = isOrganization ? null : central
  if (isOrganization) {
    const search = async () => {
      member = await firstMember(callsIn(account, global), account)
    }
    const read = central === null ? SKIPPED : await outcomeOf(search)
    yield { id: 'organization', collector: null, account, ...read }
    const found: AccountId | null = member
    const signedIn = found === null ? SKIPPED : await outcomeOf(() => signIn(callsIn(found, region)))
    yield { id: 'member', collector: null, account: found, ...signedIn }
    if (signedIn.state !== 'ok') member = null
  }
  for (const { id, regional, ofOrganization } of collectors) {
    if (id === 'organization' || (ofOrganization && !isOrganization)) continue
    const owner = ofOrganization ? central : member
    const calls = owner === null ? null : callsIn(owner, regional ? region : global)
    const outcome = calls === null ? SKIPPED : await outcomeOfAll(probes[id].map(probe => () => probe(calls)))
    yield { id: 'collector', collector: id, account: owner, ...outcome }
  }
  if (writeBack === null) return
  const target = {
    account: writeBack.account,
    partition,
    roleName: writeBack.roleName,
    externalId,
    sessionName: SESSION,
  }
  const update = () => tryUpdate(aws.asRole(target, { region: writeBack.region, signal }), partition)
  const written = own.state === 'ok' ? await outcomeOf(update) : SKIPPED
  yield { id: 'write-back', collector: null, account: writeBack.account, ...written }
}

/** GetCallerIdentity needs no permission: it fails only if the role cannot be assumed. */
function signIn(calls: CellCalls): Promise<unknown> {
  return calls.call('sts:GetCallerIdentity', {})
}

/**
 * An active account besides the named one; null if there is none. Reads as the collector does, and so proves its
 * permissions.
 */
async function firstMember(calls: CellCalls, named: AccountId): Promise<AccountId | null> {
  // The collector reads it last.
  await calls.call('organizations:DescribeOrganization', {})
  for await (const { records } of organization.collect(calls, null)) {
    for (const record of records) {
      const line = InventoryLine.parse(record)
      const { id, status } = line.data
      if (line.type === ACCOUNT_TYPE && status === 'ACTIVE' && id !== named) return AccountId.parse(id)
    }
  }
  return null
}

async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run()
    return { state: 'ok', failure: null }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return { state: 'failed', failure: toFailure(error) }
  }
}

/**
 * The outcome of the calls of one collector: the first that failed. A setting that is not there, a service that is not
 * used or a missing support plan is no failure of the connection, but is named where nothing else could be read.
 */
async function outcomeOfAll(runs: readonly (() => Promise<unknown>)[]): Promise<Outcome> {
  let unused: Failure | null = null
  let read = 0
  for (const run of runs) {
    const { failure } = await outcomeOf(run)
    if (failure === null || failure.reason === 'request') read += 1
    else if (failure.state === 'not_enabled' || failure.state === 'no_plan') unused ??= failure
    else return { state: 'failed', failure }
  }
  return read > 0 ? { state: 'ok', failure: null } : { state: 'skipped', failure: unused }
}
