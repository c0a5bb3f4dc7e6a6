import 'server-only'
import type { AccountId } from '../../domain/accounts/account-id'
import type { Clock } from './rate'

/** Temporary credentials, as clients of the SDK take them. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
}

/** The role that is assumed in an account. */
export interface RoleTarget {
  readonly account: AccountId
  readonly partition: string
  readonly roleName: string
  readonly externalId: string | null
  /** Appears in the CloudTrail of the account. */
  readonly sessionName: string
}

/** Credentials of one identity, which calls renew before they end. */
export interface CredentialSource {
  get(signal: AbortSignal): Promise<AwsCredentials>
  /** AWS did not accept them any more. */
  expired(): void
}

export type Assume = (target: RoleTarget, signal: AbortSignal) => Promise<AwsCredentials>

/** Credentials are replaced this long before they end, so that no call starts with some that end on the way. */
const RENEW_BEFORE = 5 * 60_000

interface Entry {
  readonly sessionName: string
  readonly credentials: Promise<AwsCredentials>
  /** When the credentials are replaced, by the clock; not known while they are awaited. */
  renewAt: number
}

/** Credentials of assumed roles. Callers who need the same role at the same time share one call. */
export class RoleCredentials {
  private readonly entries = new Map<string, Entry>()

  constructor(
    private readonly assume: Assume,
    private readonly clock: Clock,
  ) {}

  of(target: RoleTarget): CredentialSource {
    const key = JSON.stringify(target)
    return {
      get: signal => this.get(key, target, signal),
      expired: () => this.entries.delete(key),
    }
  }

  private get(key: string, target: RoleTarget, signal: AbortSignal): Promise<AwsCredentials> {
    const known = this.entries.get(key)
    if (known && this.clock.now() < known.renewAt) return withSignal(known.credentials, signal)
    this.forgetEnded()
    // Not the signal of the first caller: the others must get their credentials even if that one is canceled.
    const credentials = this.assume(target, new AbortController().signal)
    const entry: Entry = { sessionName: target.sessionName, credentials, renewAt: Number.POSITIVE_INFINITY }
    this.entries.set(key, entry)
    credentials.then(
      ({ expiration }) => {
        if (expiration) entry.renewAt = expiration.getTime() - RENEW_BEFORE
      },
      () => {
        if (this.entries.get(key) === entry) this.entries.delete(key)
      },
    )
    return withSignal(credentials, signal)
  }

  forgetSession(sessionName: string): void {
    for (const [key, entry] of this.entries) if (entry.sessionName === sessionName) this.entries.delete(key)
  }

  private forgetEnded(): void {
    const now = this.clock.now()
    for (const [key, { renewAt }] of this.entries) if (renewAt <= now) this.entries.delete(key)
  }
}

/** The result, or the reason of the signal if that is aborted before. */
function withSignal<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
