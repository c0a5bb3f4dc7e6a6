import { z } from 'zod'
import type { FeedId } from '../../../sources/definitions'
import { AccountId } from '../../accounts/account-id'
import { isOfThisCentury } from '../../text/century'
import { storableText } from '../../text/storable-json'
import { isReadElsewhere } from '../findings/read-elsewhere'
import { eventTypes } from './event-types'

/** An event of findings as EventBridge sends it, with the findings of one account. */
export interface PushedEvent {
  /** EventBridge keeps it when it sends an event again. */
  readonly id: string
  readonly account: AccountId
  readonly feed: FeedId
  readonly at: Date
  /** The event as JSON. */
  readonly body: string
}

/** Why an event is not accepted. shape: no event of EventBridge; type: another kind of event; account: not of this connection. */
export const eventRefusals = ['shape', 'type', 'account'] as const
export type EventRefusalReason = (typeof eventRefusals)[number]

export interface EventRefusal {
  readonly reason: EventRefusalReason
  /** The field, the kind of event or the account. */
  readonly detail: string
}

/** Other fields are dropped: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const Envelope = z.object({
  version: z.string().max(20).optional(),
  id: z.string().regex(/^[\w-]{1,100}$/),
  'detail-type': z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  account: AccountId,
  time: z.iso.datetime({ offset: true }).refine(isOfThisCentury),
  region: z.string().regex(/^[a-z0-9-]{1,40}$/),
  resources: z.array(z.string()).optional(),
  detail: z.looseObject({}),
})
type Envelope = z.infer<typeof Envelope>

/** The event in a value, once for each account whose findings it contains, or why there is none. */
export function readEvent(value: unknown): PushedEvent[] | EventRefusal {
  const read = Envelope.safeParse(value)
  if (!read.success) return { reason: 'shape', detail: read.error.issues[0]?.path.join('.') || 'JSON' }
  const event = read.data
  const feed = eventTypes.find(({ source, types }) => source === event.source && types.includes(event['detail-type']))
  if (!feed) return { reason: 'type', detail: storableText(event['detail-type']) }
  const at = new Date(event.time)
  if (isOfSecurityHub(event)) return []
  try {
    return byAccount(event).map(({ account, content }) => {
      return { id: event.id, account, feed: feed.feed, at, body: JSON.stringify(content) }
    })
  } catch (error) {
    // Nested too deeply for JSON.stringify. The other events of a request are read.
    if (error instanceof RangeError) return { reason: 'shape', detail: 'JSON' }
    throw error
  }
}

/** Security Hub reports the results of its own rules itself. */
function isOfSecurityHub({ detail: { configRuleName: rule } }: Envelope): boolean {
  return typeof rule === 'string' && rule.startsWith('securityhub-')
}

/**
 * An administrator's events name the account of each finding; all others are of the account that sent them. Only the
 * findings are repeated by account: whatever else the event holds would be stored once for each of them.
 */
function byAccount(event: Envelope): { account: AccountId; content: Envelope }[] {
  const { findings } = event.detail
  if (!Array.isArray(findings)) return [{ account: accountIn(event.detail) ?? event.account, content: event }]
  const accounts = new Map<AccountId, unknown[]>()
  for (const finding of findings) {
    // Its own service reports it too.
    if (isReadElsewhere(finding)) continue
    const account = accountIn(finding) ?? event.account
    const own = accounts.get(account)
    if (own) own.push(finding)
    else accounts.set(account, [finding])
  }
  const { resources: _, ...envelope } = event
  return [...accounts].map(([account, own]) => ({ account, content: { ...envelope, detail: { findings: own } } }))
}

/** Where findings name their account: ASFF, OCSF, GuardDuty, Inspector and Config, and Access Analyzer. */
const Owned = z.object({
  AwsAccountId: AccountId.optional().catch(undefined),
  awsAccountId: AccountId.optional().catch(undefined),
  accountId: AccountId.optional().catch(undefined),
  resourceOwnerAccount: AccountId.optional().catch(undefined),
  cloud: z
    .object({ account: z.object({ uid: AccountId }) })
    .optional()
    .catch(undefined),
})

function accountIn(finding: unknown): AccountId | null {
  const read = Owned.safeParse(finding)
  if (!read.success) return null
  const { AwsAccountId, awsAccountId, resourceOwnerAccount, accountId, cloud } = read.data
  return AwsAccountId ?? awsAccountId ?? resourceOwnerAccount ?? accountId ?? cloud?.account.uid ?? null
}
