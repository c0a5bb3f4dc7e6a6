import type { IncomingMessage } from 'node:http'
import type { Protocol } from './answer'
import { clientOf } from './clients'
import { fromForm } from './form'
import { fromJson } from './json'
import { matchRoute } from './routes'
import { type OperationShape, unknownOperation } from './shape'

/** A request that the SDK has signed. */
export interface AwsRequest {
  /** Name of the client's package, or what the service signs as where there is no client. */
  service: string
  region: string
  accessKeyId: string
  sessionToken: string | null
  protocol: Protocol
  operation: OperationShape
  input: Record<string, unknown>
  http: HttpRequest
}

export interface HttpRequest {
  method: string
  /** Path and query as they were sent. */
  url: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: Buffer
}

const SCOPE = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/

export async function readHttp(incoming: IncomingMessage): Promise<HttpRequest> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://emulator')
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  const { method = 'GET', url = '/' } = incoming
  return { method, url, path: pathname, query: searchParams, headers, body: Buffer.concat(parts) }
}

/** Service, Region and operation of a request; null if it is not signed. */
export async function toAwsRequest(http: HttpRequest): Promise<AwsRequest | null> {
  const scope = SCOPE.exec(http.headers.authorization ?? '')
  if (!scope) return null
  const [, accessKeyId = '', region = '', signingName = ''] = scope
  const form = formOf(http)
  const service = serviceOf(signingName, http)
  const protocol = protocolOf(service, http, form)
  const sessionToken = http.headers['x-amz-security-token'] ?? null
  const client = await clientOf(service)
  const name = form ? form.get('Action') : (http.headers['x-amz-target']?.split('.').at(-1) ?? null)
  const route = !name && client ? matchRoute(client.routes, service, http) : null
  const operation = (name ? client?.operations.get(name) : route?.operation) ?? unknownOperation(name ?? http.path)
  const input = route
    ? { ...restBody(protocol, operation, http), ...route.input }
    : inputOf(protocol, operation, http, form)
  return { service, region, accessKeyId, sessionToken, protocol, operation, input, http }
}

function formOf(http: HttpRequest): URLSearchParams | null {
  const isForm = http.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(http.body.toString()) : null
}

/** Services that share a name to sign with, or whose client has another name. */
function serviceOf(signingName: string, http: HttpRequest): string {
  if (signingName === 's3' && http.path.startsWith('/v20180820/')) return 's3-control'
  if (signingName === 'apigateway') return http.path.startsWith('/v2/') ? 'apigatewayv2' : 'api-gateway'
  return SIGNING_NAMES[signingName] ?? signingName
}

const SIGNING_NAMES: Record<string, string> = {
  'access-analyzer': 'accessanalyzer',
  'cognito-idp': 'cognito-identity-provider',
  config: 'config-service',
  elasticloadbalancing: 'elastic-load-balancing-v2',
  monitoring: 'cloudwatch',
  sso: 'sso-admin',
}

const REST_XML = new Set<string>(['cloudfront', 'route-53', 's3', 's3-control'])

function protocolOf(service: string, http: HttpRequest, form: URLSearchParams | null): Protocol {
  if (form) return service === 'ec2' ? 'ec2' : 'query'
  if (!http.headers['x-amz-target']) return REST_XML.has(service) ? 'rest-xml' : 'rest-json'
  return http.headers['content-type']?.endsWith('1.0') ? 'aws-json-1.0' : 'aws-json-1.1'
}

function restBody(protocol: Protocol, operation: OperationShape, http: HttpRequest): object {
  if (http.body.length === 0 || protocol !== 'rest-json') return {}
  return fromJson(operation.input, JSON.parse(http.body.toString()), 'jsonName') as object
}

function inputOf(
  protocol: Protocol,
  operation: OperationShape,
  http: HttpRequest,
  form: URLSearchParams | null,
): Record<string, unknown> {
  if (form) return fromForm(operation.input, form, protocol === 'ec2' ? 'ec2' : 'query')
  if (http.body.length === 0 || !protocol.startsWith('aws-json')) return {}
  return fromJson(operation.input, JSON.parse(http.body.toString()), 'member') as Record<string, unknown>
}
