import { z } from 'zod'
import type { CellState } from '../collection/lines'
import type { PaidServiceId } from '../collection/paid-services/paid-services'
import type { FindingFilter } from '../findings/filter'
import type { SourceId } from '../imports/outcome'

const DAY_MS = 86_400_000
/** Sources that the settings may name; there are far fewer. */
const MAX_SOURCES = 100

const SourceKey = z.string().regex(/^[a-z0-9-]{1,40}$/)
/** What people know of the price, such as "USD 1,200 a month". */
const Price = z.string().trim().max(60)

/** After how many days without a visit a source counts as neglected, and what it costs where somebody entered it. */
export const SourceSettings = z.object({
  unopenedDays: z.int().min(1).max(365),
  prices: z.record(SourceKey, Price).refine(prices => Object.keys(prices).length <= MAX_SOURCES),
})
export type SourceSettings = z.infer<typeof SourceSettings>

export const defaultSourceSettings: SourceSettings = { unopenedDays: 30, prices: {} }

/** `seen`: the price that the form showed. */
export const SavePrice = z.strictObject({ source: SourceKey, price: Price, seen: z.string() })
export type SavePrice = z.infer<typeof SavePrice>

const UnopenedDays = SourceSettings.shape.unopenedDays

/** `seen`: the number that the form showed. */
export const SaveUnopenedDays = z.strictObject({ unopenedDays: UnopenedDays, seen: UnopenedDays })
export type SaveUnopenedDays = z.infer<typeof SaveUnopenedDays>

/** A source with what it reports and whether people look at it, or a paid service that reports no findings itself. */
export interface SourceView {
  /** Of the source, or of the service. */
  id: SourceId | PaidServiceId
  kind: 'source' | 'service'
  /** The filter of its findings; null for a service without controls. */
  list: Pick<FindingFilter, 'source'> | Pick<FindingFilter, 'control'> | null
  /** Open accounts that use a service and are charged for it; null for sources. */
  usedIn: number | null
  /** Open accounts from which it reported, and those of them in which it is stale. */
  accounts: number
  silent: number
  /** Its first report, or when a service was first seen in use. */
  firstAt: Date | null
  lastAt: Date | null
  /** When a collector last read it in one of these accounts. */
  readAt: Date | null
  /** Accounts by what the collector of the source found; empty where none reads it. */
  cells: Partial<Record<CellState, number>>
  /** Open findings, those of severity critical or high, and those that nobody has acknowledged. */
  open: number
  urgent: number
  unread: number
  oldestUnreadAt: Date | null
  openedAt: Date | null
  openedBy: string
  price: string
  neglected: boolean
}

type Attention = Pick<SourceView, 'firstAt' | 'openedAt' | 'unread'> & {
  /** Whether a fixed fee is due for it, whatever it reports. */
  isSubscription: boolean
}

/** Whole days since somebody opened the source, or since `firstAt` if nobody did. Null for one that was never seen. */
export function unopenedDays(
  { firstAt, openedAt }: Omit<Attention, 'unread' | 'isSubscription'>,
  at: Date,
): number | null {
  const since = openedAt ?? firstAt
  return since && Math.max(0, Math.floor((at.getTime() - since.getTime()) / DAY_MS))
}

/**
 * Whether nobody opens a source that has unread findings, or a service that is paid for by a fixed fee. Without unread
 * findings there is nothing to open in others.
 */
export function isNeglected(source: Attention, at: Date, { unopenedDays: limit }: SourceSettings): boolean {
  const days = unopenedDays(source, at)
  return (source.unread > 0 || source.isSubscription) && days !== null && days >= limit
}
