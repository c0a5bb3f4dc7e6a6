import 'server-only'
import type { JobAccess } from '../../access/proof'
import { viewOf } from '../../aws/collect/views'
import type { AwsConnection } from '../../aws/connection'
import { AwsFailure } from '../../aws/failure'
import { AccountId } from '../../domain/accounts/account-id'
import { hubCollector } from '../../domain/collection/write-back/decision'
import { readSince } from '../../store/collection/assets'

/** Where a finding is updated: the account whose role is assumed, and the Region. */
export interface Target {
  account: string
  region: string
}

/**
 * Finds where findings are updated: where they are read. The administrator of Security Hub updates those of its
 * members, in the aggregation Region for linked ones; accounts without one update their own. Null for what the
 * connection does not read.
 */
export class Targets {
  readonly #cells = new Map<string, Promise<Map<string, string | null>>>()
  readonly #homes = new Map<string, Promise<string>>()

  constructor(
    private readonly access: JobAccess,
    /** Reads with the role of the collectors: that for writing may read nothing. */
    private readonly reader: AwsConnection,
    private readonly signal: AbortSignal,
  ) {}

  async of(account: string, region: string): Promise<Target | null> {
    const cells = await this.#cellsOf(account)
    const via = cells.get(region)
    if (via === undefined) return null
    if (via === null) return { account, region }
    return { account: via, region: await this.#homeOf(via, region) }
  }

  /** Regions whose Security Hub was read, with the administrator in whose view. */
  #cellsOf(account: string): Promise<Map<string, string | null>> {
    const known = this.#cells.get(account)
    if (known) return known
    const read = readSince(this.access, [account], hubCollector).then(
      cells => new Map(cells.flatMap(({ region, via, okAt }) => (okAt === null ? [] : [[region, via] as const]))),
    )
    this.#cells.set(account, read)
    return read
  }

  #homeOf(administrator: string, region: string): Promise<string> {
    const key = `${administrator} ${region}`
    const known = this.#homes.get(key)
    if (known) return known
    const found = this.#askHome(AccountId.parse(administrator), region)
    this.#homes.set(key, found)
    return found
  }

  async #askHome(administrator: AccountId, region: string): Promise<string> {
    try {
      const { enabled } = await this.reader.regions(administrator, this.signal)
      const callsIn = (each: string) => this.reader.cell(administrator, each, this.signal)
      return (await viewOf(hubCollector, { region, enabled, callsIn }))?.home ?? region
    } catch (error) {
      if (error instanceof AwsFailure) return region
      throw error
    }
  }
}
