import 'server-only'
import { createVerify, X509Certificate } from 'node:crypto'
import {
  certificateAddress,
  confirmationAddress,
  type SnsMessage,
  signedText,
} from '../../domain/collection/events/sns'
import { awsEnv } from '../../env'
import { AppError } from '../../errors'

const TIMEOUT_MS = 5_000
const MOST_BYTES = 64 * 1024
/** Certificates change about once a year. */
const KEPT_MS = 3_600_000
const MOST_CERTIFICATES = 100

const certificates = new Map<string, { text: string; at: number }>()

/**
 * Whether SNS signed a message. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Throws
 * `unavailable` where its certificate cannot be had, so that SNS tries again.
 */
export async function isFromSns(message: SnsMessage): Promise<boolean> {
  const address = certificateAddress(message)
  if (!address) return false
  const text = await certificateAt(address)
  if (text === null) throw new AppError('unavailable', { reason: 'snsAway' })
  try {
    const certificate = new X509Certificate(text)
    const isCurrent = Date.parse(certificate.validFrom) <= Date.now() && Date.now() <= Date.parse(certificate.validTo)
    const verify = createVerify(message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
    return isCurrent && verify.update(signedText(message)).verify(certificate.publicKey, message.Signature, 'base64')
  } catch {
    return false
  }
}

/** Confirms a subscription with its address. Whether SNS accepted it. */
export async function confirmSubscription(message: SnsMessage): Promise<boolean> {
  const address = confirmationAddress(message)
  return address !== null && (await textAt(address)) !== null
}

async function certificateAt(address: URL): Promise<string | null> {
  const known = certificates.get(address.href)
  if (known && Date.now() - known.at < KEPT_MS) return known.text
  const text = await textAt(address)
  if (text === null) return null
  if (certificates.size >= MOST_CERTIFICATES) certificates.clear()
  certificates.set(address.href, { text, at: Date.now() })
  return text
}

/** The text at an address of SNS, or at the same path of the emulator. */
async function textAt(address: URL): Promise<string | null> {
  const { endpoint } = awsEnv()
  const url = endpoint === null ? address : new URL(`${address.pathname}${address.search}`, endpoint)
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (!answer.ok || !answer.body) return null
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of answer.body) {
      size += piece.length
      if (size > MOST_BYTES) return null
      pieces.push(piece)
    }
    return Buffer.concat(pieces).toString('utf8')
  } catch {
    return null
  }
}
