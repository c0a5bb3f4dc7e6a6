import type { PaidServiceId } from '../../collection/paid-services/paid-services'
import type { SourceId } from '../../imports/outcome'

/** A source or a paid service whose neglect one account reports for the whole organization. */
export interface SourceAttention {
  readonly source: SourceId | PaidServiceId
  readonly kind: 'source' | 'service'
  /** Open accounts from which it reported, or in which the service is in use. */
  readonly accounts: number
  /** Open findings that nobody has acknowledged, and those of severity critical or high among all open ones. */
  readonly unread: number
  readonly urgent: number
  /** Its first report, or when the service was first seen in use. */
  readonly firstAt: Date
  /** When somebody last opened it here. */
  readonly openedAt: Date | null
  /** Whether a fixed fee is due for it, whatever it reports. */
  readonly isSubscription: boolean
}

/** How many findings of an account a signal is about. `of`: among how many. */
export interface SignalCount {
  readonly count: number
  readonly of: number
  readonly oldest: Date | null
}

/** The signals that are counted in each account. */
export const countedSignals = [
  'advice-unchanged',
  'advice-stale',
  'threats-unread',
  'criticals-unworked',
  'suppressed-unexplained',
  'controls-unavailable',
  'fixes-overdue',
  'external-access-unread',
  'unused-access-kept',
  'collector-silent',
] as const
export type CountedSignal = (typeof countedSignals)[number]

/** How people treat the sources that an account reports on, and the findings of the account. */
export interface Attention {
  readonly sources: readonly SourceAttention[]
  /** After how many days without a visit a source counts as neglected. */
  readonly unopenedDays: number
  /** Without signals about sources that never reported from the account. */
  readonly signals: Partial<Record<CountedSignal, SignalCount>>
}

/** Days after which a signal counts; the counts of an account are as of these. */
export const signalDays = {
  advice: 30,
  staleAdvice: 7,
  urgentThreat: 1,
  threat: 7,
  critical: 30,
  externalAccess: 7,
  unusedAccess: 90,
  /** Two nightly rounds. */
  silentCollector: 2,
} as const
