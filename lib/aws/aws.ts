import 'server-only'
import { lookup } from 'node:dns/promises'
import { fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AccountId } from '../domain/accounts/account-id'
import { type CallContext, Calls } from './call/call'
import { createTransport } from './call/clients'
import { type AwsCredentials, type CredentialSource, RoleCredentials, type RoleTarget } from './call/credentials'
import { type Clock, processClock, RateLimiter } from './call/rate'
import { CallSlots } from './call/slots'
import type { CellCalls } from './collect/collector'
import { toAwsFailure } from './errors'
import { AwsFailure } from './failure'
import { rates } from './operations/rates'

/** Calls at once. Each takes about 100 ms, so that a worker makes some hundred calls a second. */
const CONCURRENT_CALLS = 64
const HOUR_SECONDS = 3600

export interface AwsSettings {
  /** The address of an emulator; null for AWS. */
  readonly endpoint: string | null
  /** Where roles are assumed. */
  readonly region: string
  /** A profile of the AWS configuration file; null for the default chain of the SDK. */
  readonly profile?: string | null
  readonly concurrency?: number
  readonly clock?: Clock
  readonly random?: () => number
}

/** Where calls go, and until when they are wanted. */
export interface CallPlace {
  readonly region: string
  readonly signal: AbortSignal
  /** See CellCalls. */
  readonly since?: Date | null
  /** See CellCalls. */
  readonly isView?: boolean
}

/** AWS as this process sees it: with its own identity, and with roles in other accounts. */
export interface AwsAccess {
  /** Calls with the credentials of the process. They count against the limits of `account`. */
  asSelf(account: AccountId | 'self', place: CallPlace): CellCalls
  asRole(target: RoleTarget, place: CallPlace): CellCalls
  /** Forgets the credentials of all roles with this session name. */
  forgetSession(sessionName: string): void
}

/** The access of this process: one rate limiter, one transport and one cache of role credentials for all calls. */
export class Aws implements AwsAccess {
  private readonly context: CallContext
  private readonly own: CredentialSource
  private readonly roles: RoleCredentials

  constructor(private readonly settings: AwsSettings) {
    const { concurrency = CONCURRENT_CALLS, clock = processClock, random = Math.random, endpoint } = settings
    const limiter = new RateLimiter(clock, new CallSlots(concurrency), rates)
    this.context = { limiter, clock, random, endpoint, transport: createTransport(concurrency), resolves }
    this.own = ownCredentials(settings)
    this.roles = new RoleCredentials((target, signal) => this.assume(target, signal), clock)
  }

  asSelf(account: AccountId | 'self', { region, signal, since = null, isView = false }: CallPlace): Calls {
    return new Calls(this.context, { account, region, signal, since, isView, credentials: this.own })
  }

  asRole(target: RoleTarget, { region, signal, since = null, isView = false }: CallPlace): Calls {
    const credentials = this.roles.of(target)
    return new Calls(this.context, { account: target.account, region, signal, since, isView, credentials })
  }

  forgetSession(sessionName: string): void {
    this.roles.forgetSession(sessionName)
  }

  /** Closes all connections. */
  close(): void {
    this.context.transport.destroy()
  }

  private async assume(target: RoleTarget, signal: AbortSignal): Promise<AwsCredentials> {
    const { Credentials } = await this.asSelf('self', { region: this.settings.region, signal }).call('sts:AssumeRole', {
      RoleArn: `arn:${target.partition}:iam::${target.account}:role/${target.roleName}`,
      RoleSessionName: target.sessionName,
      DurationSeconds: HOUR_SECONDS,
      ...(target.externalId !== null && { ExternalId: target.externalId }),
    })
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
      throw new AwsFailure({ reason: 'answer', operation: 'sts:AssumeRole', message: 'STS returned no credentials.' })
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken !== undefined && { sessionToken: SessionToken }),
      ...(Expiration !== undefined && { expiration: Expiration }),
    }
  }
}

function resolves(host: string): Promise<boolean> {
  return lookup(host).then(
    () => true,
    () => false,
  )
}

/** The default chain of the SDK: environment, SSO or profile, web identity, and the role of the task or instance. */
function ownCredentials({ profile, region }: AwsSettings): CredentialSource {
  const chain = () => fromNodeProviderChain({ ...(profile && { profile }), clientConfig: { region } })
  let provider = chain()
  return {
    async get() {
      try {
        return await provider()
      } catch (error) {
        throw toAwsFailure(error, { operation: 'sts:GetCallerIdentity', actions: [], region })
      }
    },
    expired() {
      provider = chain()
    },
  }
}
