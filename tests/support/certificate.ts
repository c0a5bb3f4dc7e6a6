import { createSign, type KeyObject } from 'node:crypto'

/** DER: https://www.itu.int/rec/T-REC-X.690 */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const bytes: number[] = []
  for (let n = body.length; n > 0; n = n >> 8) bytes.unshift(n & 255)
  const length = body.length < 128 ? [body.length] : [128 | bytes.length, ...bytes]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
const SHA256_RSA = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
const NAME = sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('sns')))))
const DAY_MS = 86_400_000

/** A certificate of a key pair, signed by itself and valid for a day. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
  const now = Date.now()
  const content = sequence(
    der(0x02, Buffer.from([1])),
    SHA256_RSA,
    NAME,
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + DAY_MS))),
    NAME,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = createSign('RSA-SHA256').update(content).sign(privateKey)
  const certificate = sequence(content, SHA256_RSA, der(0x03, Buffer.from([0]), signature))
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`
}
