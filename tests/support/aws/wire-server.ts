import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WireRequest {
  /** The service of the signature, such as `guardduty`. */
  readonly service: string
  readonly region: string
  readonly method: string
  readonly path: string
  /** The operation of the JSON and Query protocols; '' for REST. */
  readonly operation: string
  readonly accessKey: string
  readonly sessionToken: string
  readonly body: string
}

export interface WireAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: string
  /** Cuts the connection in the middle of the answer. */
  readonly cut?: boolean
}

export interface Wire {
  readonly url: string
  readonly requests: readonly WireRequest[]
  close(): Promise<void>
}

const SIGNATURE = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//

function requestOf(message: IncomingMessage, body: string): WireRequest {
  const [, accessKey = '', region = '', service = ''] = SIGNATURE.exec(message.headers.authorization ?? '') ?? []
  const target = String(message.headers['x-amz-target'] ?? '')
  return {
    service,
    region,
    accessKey,
    sessionToken: String(message.headers['x-amz-security-token'] ?? ''),
    method: message.method ?? '',
    path: message.url ?? '',
    operation: target.slice(target.lastIndexOf('.') + 1) || (new URLSearchParams(body).get('Action') ?? ''),
    body,
  }
}

/** A server that speaks as AWS does over the wire, with the answers of a test. */
export async function startWire(answer: (request: WireRequest) => WireAnswer): Promise<Wire> {
  const requests: WireRequest[] = []
  const server: Server = createServer((message, response) => {
    const pieces: Buffer[] = []
    message.on('data', (piece: Buffer) => pieces.push(piece))
    message.on('end', () => {
      const request = requestOf(message, Buffer.concat(pieces).toString('utf8'))
      requests.push(request)
      const { status = 200, headers = {}, body, cut = false } = answer(request)
      response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers })
      if (!cut) return response.end(body)
      response.write(body.slice(0, body.length / 2))
      setImmediate(() => message.socket.destroy())
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An answer of STS to AssumeRole, whose access key names the role. */
export function assumed(body: string): WireAnswer {
  const form = new URLSearchParams(body)
  const account = /::(\d{12}):/.exec(form.get('RoleArn') ?? '')?.[1] ?? ''
  const expiration = new Date(Date.now() + 3_600_000).toISOString()
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token ${account}</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  }
}

/** An error of the JSON protocols. */
export function jsonError(type: string, message: string, status = 400): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message, Message: message }),
  }
}

/** An error of the Query protocol: STS, IAM, ELB, CloudWatch. */
export function queryError(code: string, message: string, status = 400): WireAnswer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
  return { status, headers: { 'content-type': 'text/xml' }, body }
}
