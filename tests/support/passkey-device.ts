import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** Deviations of an attacker or a broken device. */
export interface Twist {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  userVerified?: boolean
  userPresent?: boolean
  /** Whether the credential can be, and is, synced between devices. */
  synced?: boolean
  counter?: number
  /** The id of the credential that it claims to have. */
  id?: string
  userHandle?: string | undefined
  /** Whether it signs with another key. */
  forged?: boolean
  format?: string
  statement?: Cbor
}

type Cbor = number | string | Uint8Array | readonly Cbor[] | Map<number | string, Cbor>

/** An authenticator in software, with one ES256 key: https://www.w3.org/TR/webauthn-3/#authenticator-model */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url')
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #userHandle: string | undefined
  #counter = 0

  constructor(
    readonly origin: string,
    readonly rpId: string,
    readonly defaults: Twist = {},
  ) {}

  /** Answers navigator.credentials.create(). */
  create(options: { challenge: string; user: { id: string } }, given: Twist = {}) {
    const twist = { ...this.defaults, ...given }
    this.#userHandle = options.user.id
    const id = twist.id ?? this.id
    const rawId = Buffer.from(id, 'base64url')
    const credential = Buffer.concat([
      Buffer.alloc(16),
      uint16(rawId.length),
      rawId,
      encode(coseKey(this.#key.publicKey)),
    ])
    const attestation = new Map<string, Cbor>([
      ['fmt', twist.format ?? 'none'],
      ['attStmt', twist.statement ?? new Map()],
      ['authData', Buffer.concat([this.#authenticatorData(twist, 0x40), credential])],
    ])
    return {
      id,
      rawId: id,
      type: 'public-key' as const,
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, twist).toString('base64url'),
        attestationObject: encode(attestation).toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** Answers navigator.credentials.get(). */
  get(options: { challenge: string }, given: Twist = {}) {
    const twist = { ...this.defaults, ...given }
    const data = this.#authenticatorData(twist, 0)
    const clientData = this.#clientData('webauthn.get', options.challenge, twist)
    const key = twist.forged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#key.privateKey
    const id = twist.id ?? this.id
    const userHandle = 'userHandle' in twist ? twist.userHandle : this.#userHandle
    return {
      id,
      rawId: id,
      type: 'public-key' as const,
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), key).toString('base64url'),
        ...(userHandle === undefined ? {} : { userHandle }),
      },
    }
  }

  #authenticatorData(twist: Twist, flags: number): Buffer {
    const { userPresent = true, userVerified = true, synced = false } = twist
    const all = flags | (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (synced ? 0x18 : 0)
    this.#counter = twist.counter ?? this.#counter + 1
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.#counter)
    return Buffer.concat([sha256(twist.rpId ?? this.rpId), Buffer.from([all]), counter])
  }

  #clientData(type: string, challenge: string, twist: Twist): Buffer {
    const { origin = this.origin, crossOrigin = false } = twist
    const data = { type: twist.type ?? type, challenge: twist.challenge ?? challenge, origin, crossOrigin }
    return Buffer.from(JSON.stringify(data))
  }
}

/** https://www.rfc-editor.org/rfc/rfc9053#name-double-coordinate-curves */
function coseKey(key: KeyObject): Map<number, Cbor> {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
}

/** The part of CBOR that WebAuthn needs: https://www.rfc-editor.org/rfc/rfc8949 */
function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [encode(key), encode(item)])])
  }
  return Buffer.concat([head(4, value.length), ...value.map(encode)])
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size])
  return size < 256
    ? Buffer.from([(major << 5) | 24, size])
    : Buffer.concat([Buffer.from([(major << 5) | 25]), uint16(size)])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
