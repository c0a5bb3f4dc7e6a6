import { connectionOfKey, EVENT_KEY_HEADER } from '@/lib/access/api/event-key'
import { limitRate, requireRate } from '@/lib/access/api/rate-limit'
import { UnauthenticatedError } from '@/lib/access/api/token'
import { clientIp, networkOf } from '@/lib/access/network/peer'
import { AppError } from '@/lib/errors'
import { type EventReceipt, receiveEvents, receiveFromSns } from '@/lib/jobs/events/receive'
import { outageError, outageOf } from '@/lib/outage'
import { answerError, json, jsonBody, refuseOthers } from '@/lib/route'

export const dynamic = 'force-dynamic'

/** EventBridge and SNS send at most 1 MiB: https://docs.aws.amazon.com/sns/latest/dg/sns-message-size.html */
const MOST_BYTES = 1_100_000

/** Receives events of findings from API destinations of EventBridge, by the key of a connection, and from SNS, by its signature. */
export async function POST(request: Request): Promise<Response> {
  try {
    const receipt = await receive(request)
    if (!receipt) throw new UnauthenticatedError('eventSender')
    const [refusal] = receipt.refused
    if (refusal && receipt.stored + receipt.known === 0) {
      const { reason, detail } = refusal
      throw new AppError('invalid', { reason: `event_${reason}`, params: { detail } })
    }
    return json({ stored: receipt.stored, known: receipt.known, refused: receipt.refused.length }, 202)
  } catch (error) {
    return answerError(request, refused(request, error))
  }
}

async function receive(request: Request): Promise<EventReceipt | null> {
  const key = request.headers.get(EVENT_KEY_HEADER)
  const connection = key === null ? null : await connectionOfKey(key)
  if (key !== null && connection === null) return null
  const network = networkOf(clientIp(request.headers))
  limitRate('events', connection ?? network)
  if (connection !== null) return receiveEvents(connection, 'http', [await jsonBody(request, MOST_BYTES)])
  const body = await jsonBody(request, MOST_BYTES).catch((problem: unknown) => {
    // What is wrong with a body is told only to senders who are known.
    if (problem instanceof AppError) return null
    throw problem
  })
  // Whoever is refused too often cannot make this server ask SNS for more certificates.
  return receiveFromSns(body, () => requireRate('refused', network))
}

/** Senders without a key or signature are counted by their network, so that they lock out nobody else. */
function refused(request: Request, error: unknown): unknown {
  const outage = outageOf(error)
  if (outage) return outageError(outage, { stores: true })
  const isUnproven = error instanceof AppError && error.reason === 'snsAway'
  if (!(error instanceof UnauthenticatedError || isUnproven)) return error
  try {
    limitRate('refused', networkOf(clientIp(request.headers)))
    return error
  } catch (tooMany) {
    return tooMany
  }
}

export const { DELETE, GET, OPTIONS, PATCH, PUT } = refuseOthers('POST')
