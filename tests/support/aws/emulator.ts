import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallCounts } from './gateway/calls'
import { type FaultRule, Faults } from './gateway/faults'
import { type GatewayParts, serve } from './gateway/gateway'
import { RequestLimits } from './gateway/limits'
import { type Denial, Denials } from './gateway/permissions'
import { CredentialStore, type Credentials } from './identity/credentials'
import { HOME_REGION, homeCredentials, homeEnvironment } from './identity/home'
import { type Directory, stsOf } from './identity/sts'
import type { Registry } from './services/registry'
import { Store } from './state/store'
import { readHttp } from './wire/aws-request'

export { HOME } from './identity/home'

/** AWS for tests, in this process. */
export interface Emulator {
  endpoint: string
  /** Records and settings of services, put in by tests. */
  store: Store
  calls: CallCounts
  /** Operations that nothing could answer, as "service:Operation". */
  unanswered: readonly string[]
  /** Credentials of the role that Hinomi runs with. */
  home: Credentials
  /** The environment that makes a process of Hinomi use all this. */
  env: Record<string, string>
  /** Credentials that prepare an account: nothing is denied, disturbed, limited or counted. */
  setUp: (account: string) => Credentials
  /** Takes a permission away. Returns a function that gives it back. */
  deny: (denial: Denial) => () => void
  /** Plans a fault. Returns a function that removes it. */
  fault: (rule: FaultRule) => () => void
  options: GatewayParts['options']
  /** Forgets everything but the credentials of the server. */
  reset: () => Promise<void>
  stop: () => Promise<void>
}

export interface EmulatorSource {
  services: Registry
  directory: Directory
  forward: GatewayParts['forward']
  reset: () => Promise<void>
  stop: () => Promise<void>
}

export interface EmulatorOptions {
  /** Regions that accounts have enabled, unless the setting `account.regions` says otherwise. */
  regions?: readonly string[]
  now?: () => Date
  /** Where it listens; any free port without it. */
  port?: number
}

const REGIONS = [HOME_REGION, 'us-east-1']

/** A gateway in front of a source of answers. */
export async function listen(source: EmulatorSource, options: EmulatorOptions): Promise<Emulator> {
  const { regions = REGIONS, now = () => new Date(), port = 0 } = options
  const credentials = new CredentialStore()
  const home = homeCredentials(credentials, now())
  const unanswered: string[] = []
  const parts: GatewayParts = {
    store: new Store(),
    credentials,
    calls: new CallCounts(),
    faults: new Faults(),
    denials: new Denials(),
    limits: new RequestLimits(),
    services: { ...source.services, sts: stsOf(credentials, source.directory) },
    regions,
    options: { latencyMs: 0, enforceLimits: false },
    forward: async (request, account, store) => {
      const answer = await source.forward(request, account, store)
      if (answer.status === 501) unanswered.push(`${request.service}:${request.operation.name}`)
      return answer
    },
    now,
  }
  const server = createServer((incoming, response) => {
    readHttp(incoming)
      .then(http => serve(parts, http, response))
      .catch(error => {
        // A client that has gone away is not an error of the emulator.
        if (!incoming.socket.destroyed) console.error(error)
        if (!response.headersSent) response.writeHead(500).end(String(error))
      })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    endpoint,
    home,
    unanswered,
    store: parts.store,
    calls: parts.calls,
    options: parts.options,
    env: { ...homeEnvironment(endpoint, home), AWS_REGION: regions[0] ?? HOME_REGION },
    setUp: account => credentials.forUser(account, 'root', true),
    deny: denial => parts.denials.add(denial),
    fault: rule => parts.faults.add(rule),
    async reset() {
      parts.store.clear()
      parts.calls.clear()
      parts.faults.clear()
      parts.denials.clear()
      unanswered.length = 0
      Object.assign(parts.options, { latencyMs: 0, enforceLimits: false })
      await source.reset()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
      await source.stop()
    },
  }
}
