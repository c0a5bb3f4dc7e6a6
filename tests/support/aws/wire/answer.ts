import type { AwsError } from './aws-error'
import { toJson } from './json'
import type { OperationShape, Shape } from './shape'
import { timestamp } from './timestamp'
import { childrenOf, escapeXml, toXml } from './xml'

export type Protocol = 'aws-json-1.0' | 'aws-json-1.1' | 'rest-json' | 'query' | 'ec2' | 'rest-xml'

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const TYPES: Record<Protocol, string> = {
  'aws-json-1.0': 'application/x-amz-json-1.0',
  'aws-json-1.1': 'application/x-amz-json-1.1',
  'rest-json': 'application/json',
  query: 'text/xml',
  ec2: 'text/xml;charset=UTF-8',
  'rest-xml': 'application/xml',
}

/** The output of an operation as its protocol sends it. */
export function toAnswer(protocol: Protocol, operation: OperationShape, output: object, id: string): HttpAnswer {
  const { output: shape, name } = operation
  switch (protocol) {
    case 'aws-json-1.0':
    case 'aws-json-1.1':
      return answer(protocol, 200, id, JSON.stringify(toJson(shape, output, 'member') ?? {}))
    case 'query': {
      const result = `<${name}Result>${childrenOf(shape, output)}</${name}Result>`
      const metadata = `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`
      return answer(protocol, 200, id, `<${name}Response>${result}${metadata}</${name}Response>`)
    }
    case 'ec2': {
      const inside = `<requestId>${id}</requestId>${childrenOf(shape, output)}`
      return answer(protocol, 200, id, `<${name}Response>${inside}</${name}Response>`)
    }
    default:
      return restAnswer(protocol, operation, output, id)
  }
}

function restAnswer(
  protocol: 'rest-json' | 'rest-xml',
  operation: OperationShape,
  output: object,
  id: string,
): HttpAnswer {
  const values = output as Record<string, unknown>
  const inBody = new Map<string, Shape>()
  const headers: Record<string, string> = {}
  let payload: [string, Shape] | null = null
  for (const [name, member] of operation.output.members()) {
    const { httpHeader, httpPayload, httpResponseCode } = member.traits
    if (httpHeader && values[name] !== undefined) headers[httpHeader.toLowerCase()] = headerText(member, values[name])
    else if (httpPayload) payload = [name, member]
    else if (!httpHeader && !httpResponseCode) inBody.set(name, member)
  }
  const shape = payload ? payload[1] : { ...operation.output, members: () => inBody }
  const value = payload ? values[payload[0]] : output
  const {
    status,
    headers: usual,
    body,
  } = answer(protocol, operation.http?.[2] ?? 200, id, bodyOf(protocol, shape, value))
  return { status, headers: { ...usual, ...headers }, body }
}

function bodyOf(protocol: 'rest-json' | 'rest-xml', shape: Shape, value: unknown): string | Buffer {
  if (shape.kind === 'blob') return Buffer.from((value ?? '') as Uint8Array)
  if (shape.kind === 'string') return String(value ?? '')
  if (protocol === 'rest-json') return JSON.stringify(toJson(shape, value, 'jsonName') ?? {})
  return value === undefined ? '' : `<?xml version="1.0"?>${toXml(shape.traits.xmlName ?? shape.name, shape, value)}`
}

function headerText(member: Shape, value: unknown): string {
  return member.kind === 'timestamp' ? String(timestamp(member, value, 'http-date')) : String(value)
}

/** An error as the service sends it. */
export function toErrorAnswer(protocol: Protocol, service: string, error: AwsError, id: string): HttpAnswer {
  const { code, message, status } = error
  switch (protocol) {
    case 'aws-json-1.0':
    case 'aws-json-1.1':
      return answer(protocol, status, id, JSON.stringify({ __type: code, message }))
    case 'rest-json': {
      const whole = answer(protocol, status, id, JSON.stringify({ message }))
      return { ...whole, headers: { ...whole.headers, 'x-amzn-errortype': code } }
    }
    case 'ec2': {
      const inside = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`
      return answer(
        protocol,
        status,
        id,
        `<Response><Errors><Error>${inside}</Error></Errors><RequestID>${id}</RequestID></Response>`,
      )
    }
    default: {
      const type = `<Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>`
      const inside = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`
      // S3 has no wrapper around its error.
      if (service === 's3') return answer(protocol, status, id, `<Error>${inside}<RequestId>${id}</RequestId></Error>`)
      const text = `<ErrorResponse><Error>${type}${inside}</Error><RequestId>${id}</RequestId></ErrorResponse>`
      return answer(protocol, status, id, text)
    }
  }
}

function answer(protocol: Protocol, status: number, id: string, content: string | Buffer): HttpAnswer {
  const body = Buffer.from(content as string)
  const headers = { 'content-type': TYPES[protocol], 'content-length': String(body.length), 'x-amzn-requestid': id }
  return { status, headers, body }
}
