import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CredentialStore, Principal } from '../identity/credentials'
import { EMPTY_LISTS } from '../services/empty'
import { type AnyHandler, type Call, FORWARD, Forward } from '../services/handler'
import type { Registry } from '../services/registry'
import type { Store } from '../state/store'
import { type HttpAnswer, toAnswer, toErrorAnswer } from '../wire/answer'
import { AwsError } from '../wire/aws-error'
import { type AwsRequest, type HttpRequest, toAwsRequest } from '../wire/aws-request'
import type { CallCounts } from './calls'
import type { Fault, Faults } from './faults'
import type { RequestLimits } from './limits'
import { asFirstPage, asksForNextPage, emptyOutput, emptyPage } from './page-faults'
import { actionsOf, type Denials } from './permissions'
import { denied, expired, throttled, unknownCredentials } from './refusals'

export interface GatewayParts {
  store: Store
  credentials: CredentialStore
  calls: CallCounts
  faults: Faults
  denials: Denials
  limits: RequestLimits
  services: Registry
  regions: readonly string[]
  options: { latencyMs: number; enforceLimits: boolean }
  /** Answers what no handler answers. */
  forward: (request: AwsRequest, account: string, store: Store) => Promise<HttpAnswer>
  now: () => Date
}

/** Answers one request: checks the caller, applies faults, limits and denials, then asks the handler or moto. */
export async function serve(parts: GatewayParts, http: HttpRequest, response: ServerResponse): Promise<void> {
  const id = randomUUID()
  const request = await toAwsRequest(http)
  if (!request) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(`no operation for ${http.method} ${http.url}`)
    return
  }
  const principal = parts.credentials.find(request.accessKeyId)?.principal
  const faults = principal ? countAndDisturb(parts, request, principal) : []
  await sleep(
    faults.reduce(
      (ms, fault) => ms + (fault.kind === 'slow' ? fault.ms : 0),
      principal?.isSetUp ? 0 : parts.options.latencyMs,
    ),
  )
  if (faults.some(({ kind }) => kind === 'timeout')) return
  const answer = await answerOf(parts, request, principal ?? null, faults, id).catch((error: unknown) => {
    if (error instanceof AwsError) return toErrorAnswer(request.protocol, request.service, error, id)
    throw error
  })
  if (faults.some(({ kind }) => kind === 'cut')) cut(response, answer)
  else response.writeHead(answer.status, answer.headers).end(answer.body)
}

function callOf({ region, service, operation }: AwsRequest, { account }: Principal) {
  return { account, region, service, operation: operation.name }
}

function countAndDisturb({ calls, faults }: GatewayParts, request: AwsRequest, principal: Principal): Fault[] {
  if (principal.isSetUp) return []
  const call = callOf(request, principal)
  calls.add(call)
  return faults.take(call)
}

async function answerOf(
  parts: GatewayParts,
  request: AwsRequest,
  principal: Principal | null,
  faults: readonly Fault[],
  id: string,
): Promise<HttpAnswer> {
  const { protocol, operation } = request
  const known = authenticate(parts, request, principal)
  if (!known.isSetUp) checkCall(parts, request, known, faults)
  const [isEmpty, isRepeated] = (['empty-page', 'repeated-token'] as const).map(kind =>
    faults.some(one => one.kind === kind),
  )
  const page = isRepeated || (isEmpty && !asksForNextPage(request)) ? emptyPage(operation) : null
  if (page) return toAnswer(protocol, operation, page, id)
  const asked = asksForNextPage(request) ? asFirstPage(request) : request
  const handler: AnyHandler | undefined = parts.services[request.service]?.[operation.name]
  const call: Call = {
    account: known.account,
    region: request.region,
    principal: known,
    store: parts.store,
    now: parts.now(),
    regions: parts.regions,
  }
  const output = handler ? await handler(asked.input as never, call) : FORWARD
  if (output instanceof Forward) {
    const answer = await parts.forward(asked, known.account, parts.store)
    if (answer.status < 300) output.onSuccess()
    return answer
  }
  return toAnswer(protocol, operation, output === EMPTY_LISTS ? emptyOutput(operation) : (output as object), id)
}

/** The caller, if the credentials are known, not expired, and of an account that has enabled the Region. */
function authenticate(parts: GatewayParts, request: AwsRequest, principal: Principal | null): Principal {
  const { protocol, region } = request
  const issued = parts.credentials.find(request.accessKeyId)
  if (!principal || !issued || issued.token !== request.sessionToken) throw unknownCredentials(protocol)
  if (issued.until && issued.until <= parts.now()) throw expired(protocol)
  const enabled = parts.store.get('account.regions', { account: principal.account }) ?? parts.regions
  // Services with one endpoint for the world sign for us-east-1, even where that Region is not in use.
  if (region !== 'us-east-1' && !principal.isSetUp && !enabled.includes(region)) throw unknownCredentials(protocol)
  return principal
}

function checkCall(parts: GatewayParts, request: AwsRequest, principal: Principal, faults: readonly Fault[]): void {
  const { protocol, service, region } = request
  const call = callOf(request, principal)
  for (const fault of faults) {
    if (fault.kind === 'throttle') throw countThrottle(parts, call, throttled(service, protocol))
    if (fault.kind === 'expired-token') throw expired(protocol)
    if (fault.kind === 'server-error') throw new AwsError('InternalFailure', 'An internal error occurred.', 500)
    if (fault.kind === 'error') throw new AwsError(fault.code, fault.message, fault.status)
  }
  if (!parts.limits.take(call, performance.now())) {
    parts.calls.add(call, 'overLimit')
    if (parts.options.enforceLimits) throw countThrottle(parts, call, throttled(service, protocol))
  }
  const denial = parts.denials.find(principal.account, region, actionsOf(request))
  if (denial) throw denied(protocol, principal.arn, denial)
}

function countThrottle(parts: GatewayParts, call: ReturnType<typeof callOf>, error: AwsError): AwsError {
  parts.calls.add(call, 'throttled')
  return error
}

/** Ends the connection after the first half of the body. */
function cut(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) })
  response.write(body.subarray(0, Math.max(1, Math.floor(body.length / 2))), () => response.destroy())
}
