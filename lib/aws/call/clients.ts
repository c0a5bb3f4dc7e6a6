import 'server-only'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { InputOf, OperationName, OutputOf } from '../operations'
import { loadPackage, type SdkClient, type SdkPackage, type Service } from '../operations/packages'
import type { AwsCredentials } from './credentials'

const CONNECT_TIMEOUT = 5000
const REQUEST_TIMEOUT = 60_000
/** A round calls hundreds of hosts: unused connections are closed soon, and few are kept for each. */
const IDLE_TIMEOUT = 5000
const IDLE_PER_HOST = 4

export interface ClientSettings {
  readonly region: string
  readonly credentials: () => Promise<AwsCredentials>
  /** The address of an emulator; null for AWS. */
  readonly endpoint: string | null
  readonly transport: NodeHttpHandler
}

/**
 * Connections that all clients share, kept open between calls. There is no limit for all hosts together, which would
 * count unused connections and hold up calls to other hosts: CallSlots limits the calls.
 */
export function createTransport(sockets: number): NodeHttpHandler {
  const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: IDLE_PER_HOST, timeout: IDLE_TIMEOUT }
  return new NodeHttpHandler({
    connectionTimeout: CONNECT_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent(options),
  })
}

/** Settings of the environment and the configuration files for all services. Each client would look for them again. */
const FROM_ENVIRONMENT = [
  'authSchemePreference',
  'defaultsMode',
  'retryMode',
  'useDualstackEndpoint',
  'useFipsEndpoint',
  'userAgentAppId',
] as const
let fromEnvironment: object | undefined

/** A client of one service in one Region, with one identity. */
export class ServiceClient {
  private constructor(
    private readonly client: SdkClient,
    private readonly commands: SdkPackage['commands'],
  ) {}

  static open(service: Service, { transport, endpoint, ...settings }: ClientSettings): ServiceClient {
    const { Client, commands } = loadPackage(service)
    const client = new Client({
      ...settings,
      ...fromEnvironment,
      requestHandler: transport,
      // Repeated by call.ts, so that a throttle slows all calls of its bucket and not just one.
      maxAttempts: 1,
      ...(service === 's3' && { followRegionRedirects: true }),
      ...(endpoint !== null && emulated(service, endpoint)),
    })
    fromEnvironment ??= Object.fromEntries(
      Object.entries(client.config).filter(([name]) => FROM_ENVIRONMENT.some(each => each === name)),
    )
    return new ServiceClient(client, commands)
  }

  async send<O extends OperationName>(operation: O, input: InputOf<O>, abortSignal: AbortSignal): Promise<OutputOf<O>> {
    const Command = this.commands[`${operation.slice(operation.indexOf(':') + 1)}Command`]
    if (!Command) throw new Error(`the SDK has no operation ${operation}`)
    return (await this.client.send(new Command(input as object), { abortSignal })) as OutputOf<O>
  }
}

/** An emulator has one host, without the names of buckets and the account ids that AWS has in front of its own. */
function emulated(service: Service, endpoint: string): object {
  const url = new URL(endpoint)
  return {
    endpoint,
    forcePathStyle: true,
    disableHostPrefix: true,
    ...(service === 's3-control' && { endpointProvider: () => ({ url, headers: {} }) }),
  }
}
