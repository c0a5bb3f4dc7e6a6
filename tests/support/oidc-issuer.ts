import { createHash, createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Grant {
  nonce: string | null
  challenge: string | null
  clientId: string
}

/** An OpenID Connect issuer for tests: issues the claims in `claims` for everyone, and checks PKCE like a real one. */
export interface Issuer {
  url: string
  /** The claims of the next ID token. */
  claims: Record<string, unknown>
  /** Signs the next ID tokens with a key that the issuer does not publish. */
  forge: boolean
  /** False values in its metadata. */
  metadata: Record<string, unknown>
  /** Sends the next ID tokens without a signature. */
  unsigned: boolean
  /** Puts this nonce into the next ID tokens instead of the requested one. */
  nonce: string | null
  /** The parameters of the last authorization request. */
  asked: URLSearchParams
  close: () => Promise<void>
}

export async function startIssuer(): Promise<Issuer> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const others = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const grants = new Map<string, Grant>()
  const issuer: Issuer = {
    url: '',
    claims: {},
    forge: false,
    unsigned: false,
    metadata: {},
    nonce: null,
    asked: new URLSearchParams(),
    close: () => new Promise(done => server.close(() => done())),
  }

  function documentOf(path: string): object | null {
    if (path === '/.well-known/openid-configuration') {
      return {
        issuer: issuer.url,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
        jwks_uri: `${issuer.url}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
        ...issuer.metadata,
      }
    }
    if (path === '/jwks')
      return { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] }
    return null
  }

  function answerToken(body: URLSearchParams): object | null {
    const grant = grants.get(body.get('code') ?? '')
    grants.delete(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (!grant || grant.challenge !== challenge) return null
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer.url,
      aud: grant.clientId,
      sub: 'subject-1',
      iat: at,
      exp: at + 300,
      nonce: issuer.nonce ?? grant.nonce,
      ...issuer.claims,
    }
    const id_token = issuer.unsigned
      ? unsigned(claims)
      : sign(claims, issuer.forge ? others.privateKey : keys.privateKey)
    return { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, id_token }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer.url)
    const send = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url.pathname === '/authorize') {
      issuer.asked = url.searchParams
      const code = randomUUID()
      grants.set(code, {
        nonce: url.searchParams.get('nonce'),
        challenge: url.searchParams.get('code_challenge'),
        clientId: url.searchParams.get('client_id') ?? '',
      })
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.writeHead(302, { location: back.href }).end()
      return
    }
    if (url.pathname === '/token') {
      let text = ''
      request.on('data', part => {
        text += part
      })
      request.on('end', () => {
        const answer = answerToken(new URLSearchParams(text))
        send(answer ? 200 : 400, answer ?? { error: 'invalid_grant' })
      })
      return
    }
    const document = documentOf(url.pathname)
    send(document ? 200 : 404, document ?? {})
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return issuer
}

function sign(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}
