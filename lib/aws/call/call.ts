import 'server-only'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import type { CellCalls } from '../collect/collector'
import { toAwsFailure } from '../errors'
import { AwsFailure } from '../failure'
import { type InputOf, type OperationName, type OutputOf, operationOf, serviceOf } from '../operations'
import type { Service } from '../operations/packages'
import { ServiceClient } from './clients'
import type { CredentialSource } from './credentials'
import type { Clock, RateLimiter } from './rate'

/** Attempts of one call. A throttle slows its bucket, so that more of them are sensible. */
const THROTTLED_ATTEMPTS = 8
const OTHER_ATTEMPTS = 4
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 20_000

/** Every request is counted, also the repeated ones. */
export interface CallCounts {
  calls: number
  throttles: number
}

/** State that all calls of a process share. */
export interface CallContext {
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly random: () => number
  readonly transport: NodeHttpHandler
  /** Whether the name of a host resolves. */
  readonly resolves: (host: string) => Promise<boolean>
  /** The address of an emulator; null for AWS. */
  readonly endpoint: string | null
}

/** Where calls go, and whose credentials they are signed with. */
export interface CallTarget {
  readonly account: AccountId
  readonly region: string
  readonly credentials: CredentialSource
  readonly signal: AbortSignal
  readonly since: Date | null
  readonly isView: boolean
}

/** The calls of one cell. Its clients live as long as it: those of all cells at once would fill the memory. */
export class Calls implements CellCalls {
  readonly account: AccountId
  readonly region: string
  readonly signal: AbortSignal
  readonly since: Date | null
  readonly isView: boolean
  readonly counts: CallCounts = { calls: 0, throttles: 0 }
  readonly now = now
  private readonly clients = new Map<Service, ServiceClient>()

  constructor(
    private readonly context: CallContext,
    private readonly target: CallTarget,
  ) {
    this.account = target.account
    this.region = target.region
    this.signal = target.signal
    this.since = target.since
    this.isView = target.isView
  }

  sleep(milliseconds: number): Promise<void> {
    return this.context.clock.sleep(milliseconds, this.signal)
  }

  async call<O extends OperationName>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(operation, input)
      } catch (error) {
        const failure = await this.failureOf(error, operation)
        this.react(failure, operation)
        if (!mayRepeat(failure, attempt) || failure.operation !== operation) throw failure
      }
      await this.pause(attempt, operation)
    }
  }

  private async attempt<O extends OperationName>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
    const { limiter } = this.context
    // Before a place is taken: a call for credentials needs one of its own.
    await this.target.credentials.get(this.signal)
    const client = this.clientOf(serviceOf(operation))
    const leave = await limiter.enter(this.bucketOf(operation), this.signal)
    try {
      this.counts.calls += 1
      const answer = await client.send(operation, input, this.signal)
      limiter.succeeded(this.bucketOf(operation))
      return answer
    } finally {
      leave()
    }
  }

  private react({ reason, operation: failed }: AwsFailure, operation: OperationName): void {
    // A failed call for credentials is not one of this bucket.
    if (failed !== operation) return
    if (reason === 'throttled') {
      this.counts.throttles += 1
      this.context.limiter.throttled(this.bucketOf(operation))
    }
    if (reason === 'expired_credentials') {
      this.target.credentials.expired()
      this.clients.clear()
    }
  }

  private async failureOf(error: unknown, operation: OperationName): Promise<AwsFailure> {
    if (this.signal.aborted) return new AwsFailure({ reason: 'canceled', operation, message: 'The call was canceled.' })
    const failure = toAwsFailure(error, { operation, actions: operationOf(operation).iam, region: this.region })
    if (failure.reason !== 'service_not_offered' || (await this.hasNames())) return failure
    return new AwsFailure({ reason: 'network', operation, message: failure.message, code: failure.code })
  }

  /** Whether names of AWS resolve: every Region has STS. Without it the network is down, and not a service missing. */
  private async hasNames(): Promise<boolean> {
    if (this.context.endpoint !== null) return false
    const domain = this.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
    return this.context.resolves(`sts.${this.region}.${domain}`)
  }

  private async pause(attempt: number, operation: OperationName): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
    try {
      await this.sleep(longest * (0.5 + this.context.random() / 2))
    } catch (error) {
      throw await this.failureOf(error, operation)
    }
  }

  private clientOf(service: Service): ServiceClient {
    const { transport, endpoint } = this.context
    const known = this.clients.get(service)
    if (known) return known
    const credentials = () => this.target.credentials.get(this.signal)
    const opened = ServiceClient.open(service, { region: this.region, credentials, endpoint, transport })
    this.clients.set(service, opened)
    return opened
  }

  private bucketOf(operation: OperationName) {
    const { rate } = operationOf(operation)
    return { account: this.account, region: this.region, service: serviceOf(operation), rateClass: rate }
  }
}

function mayRepeat({ retryable, reason }: AwsFailure, attempt: number): boolean {
  return retryable && attempt < (reason === 'throttled' ? THROTTLED_ATTEMPTS : OTHER_ATTEMPTS)
}
