import 'server-only'
import type { AccountId } from '../domain/accounts/account-id'
import { awsEnv } from '../env'
import { Aws, type AwsAccess, type CallPlace } from './aws'
import type { CallCounts } from './call/call'
import type { CellCalls } from './collect/collector'
import { globalRegionOf } from './partition'
import { listRegions, type Regions } from './regions'

/** The Region of cells of services without Regions. */
const GLOBAL = 'global'

export interface ConnectionSettings {
  readonly partition: string
  readonly roleName: string
  /** Null for roles that do not require one. */
  readonly externalId: string | null
  /** The name of the session, which CloudTrail shows in every account. */
  readonly session: string
}

/** Which part of a cell is wanted: see CellCalls. */
type Wanted = Pick<CallPlace, 'since' | 'isView'>

/** The accounts of one connection, read with the role that has the same name in each of them. */
export interface AwsConnection {
  regions(account: AccountId, signal?: AbortSignal): Promise<Regions>
  /** The calls of one cell. Those of a cell without a Region go to the Region of the global services. */
  cell(account: AccountId, region: string, signal: AbortSignal, wanted?: Wanted): CellCalls
  counts(calls: CellCalls): CallCounts
  /** Forgets its credentials. */
  close(): void
}

let shared: { readonly settings: string; readonly aws: Aws } | undefined

/** AWS for the server and the worker: limits and sockets are shared by all connections of the process. */
export function processAws(): Aws {
  const { endpoint, region } = awsEnv()
  const settings = JSON.stringify({ endpoint, region })
  if (shared?.settings !== settings) {
    shared = { settings, aws: new Aws({ endpoint, region: region ?? globalRegionOf('aws') }) }
  }
  return shared.aws
}

/** The account of the process's own credentials, without a role. Throws for any other account. */
export function openOwnAccount(own: AccountId, partition: string, aws: AwsAccess): AwsConnection {
  const cell: AwsConnection['cell'] = (account, region, signal, wanted = {}) => {
    if (account !== own) throw new Error(`no role for account ${account}`)
    return aws.asSelf(account, { region: region === GLOBAL ? globalRegionOf(partition) : region, signal, ...wanted })
  }
  return {
    cell,
    regions: (account, signal = new AbortController().signal) => listRegions(cell(account, GLOBAL, signal)),
    counts: calls => calls.counts,
    close: () => undefined,
  }
}

/** A connection that assumes its role in each account. Its sessions are shared by name until it is closed. */
export function openConnection(
  { partition, roleName, externalId, session }: ConnectionSettings,
  aws: AwsAccess = processAws(),
): AwsConnection {
  const cell: AwsConnection['cell'] = (account, region, signal, wanted = {}) => {
    const target = { account, partition, roleName, externalId, sessionName: session }
    return aws.asRole(target, { region: region === GLOBAL ? globalRegionOf(partition) : region, signal, ...wanted })
  }
  return {
    cell,
    regions: (account, signal = new AbortController().signal) => listRegions(cell(account, GLOBAL, signal)),
    counts: calls => calls.counts,
    close: () => aws.forgetSession(session),
  }
}
