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
const MISSING_KEPT_MS = 60_000
/** SNS sends a message again after 20 seconds: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const AWAY_KEPT_MS = 15_000
const MOST_CERTIFICATES = 100
const MOST_FAILURES = 1_000
/** Anybody may name certificates; Regions have one or two. */
const MOST_AT_ONCE = 8

/** missing: SNS says that there is nothing; away: it does not answer. */
type Answer = { readonly text: string } | 'missing' | 'away'

interface Kept {
  readonly answer: Answer
  readonly until: number
}

const certificates = new Map<string, Kept>()
/** Kept apart, so that invented names displace no certificate. */
const failures = new Map<string, Kept>()
const asked = new Map<string, Promise<Answer>>()

/**
 * Whether SNS signed a message. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Throws
 * `unavailable` where its certificate cannot be had, so that SNS tries again. `beforeAsking` runs before SNS is asked for one.
 */
export async function isFromSns(message: SnsMessage, beforeAsking: () => void): Promise<boolean> {
  const address = certificateAddress(message)
  if (!address) return false
  const answer = await certificateAt(address, beforeAsking)
  if (answer === 'missing') return false
  if (answer === 'away') throw new AppError('unavailable', { reason: 'snsAway' })
  try {
    const certificate = new X509Certificate(answer.text)
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
  return address !== null && typeof (await answerAt(address)) === 'object'
}

async function certificateAt(address: URL, beforeAsking: () => void): Promise<Answer> {
  const { href } = address
  const known = [certificates.get(href), failures.get(href)].find(kept => kept && Date.now() < kept.until)
  if (known) return known.answer
  const waiting = asked.get(href)
  if (waiting) return waiting
  beforeAsking()
  if (asked.size >= MOST_AT_ONCE) return 'away'
  const asking = answerAt(address)
  asked.set(href, asking)
  const answer = await asking
  asked.delete(href)
  keep(href, answer)
  return answer
}

function keep(href: string, answer: Answer): void {
  const [kept, most] = typeof answer === 'object' ? [certificates, MOST_CERTIFICATES] : [failures, MOST_FAILURES]
  const keptMs = { missing: MISSING_KEPT_MS, away: AWAY_KEPT_MS }
  kept.delete(href)
  kept.set(href, { answer, until: Date.now() + (typeof answer === 'object' ? KEPT_MS : keptMs[answer]) })
  const [oldest] = kept.keys()
  if (kept.size > most && oldest !== undefined) kept.delete(oldest)
}

/** The text at an address of SNS, or at the same path of the emulator. */
async function answerAt(address: URL): Promise<Answer> {
  const { endpoint } = awsEnv()
  const url = endpoint === null ? address : new URL(`${address.pathname}${address.search}`, endpoint)
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (answer.status === 403 || answer.status === 404) return 'missing'
    if (!answer.ok || !answer.body) return 'away'
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of answer.body) {
      size += piece.length
      if (size > MOST_BYTES) return 'away'
      pieces.push(piece)
    }
    return { text: Buffer.concat(pieces).toString('utf8') }
  } catch {
    return 'away'
  }
}
