/**
 * Why a signal is not examined: EventBridge rules are not read, another check covers it, or Hinomi sends no
 * notifications yet.
 */
export type Unexamined = 'rulesNotRead' | 'standard' | 'noNotifications'

export interface Signal {
  /** Its name stands in the messages. */
  readonly id: string
  /** The check that gives its results; null where it is not examined. */
  readonly check: string | null
  readonly unexamined?: Unexamined
}

/** Signals of services that are paid for and not operated, in the order of pages. */
export const signals = [
  { id: 'sourceUnopened', check: 'source-unopened' },
  { id: 'adviceUnchanged', check: 'advice-unchanged' },
  { id: 'adviceStale', check: 'advice-stale' },
  { id: 'threatsUnread', check: 'threats-unread' },
  { id: 'threatsUnrouted', check: null, unexamined: 'rulesNotRead' },
  { id: 'threatsSlow', check: 'threats-slow' },
  { id: 'threatsHidden', check: 'threats-hidden' },
  { id: 'criticalsUnworked', check: 'criticals-unworked' },
  { id: 'suppressedUnexplained', check: 'suppressed-unexplained' },
  { id: 'controlsUnavailable', check: 'controls-unavailable' },
  { id: 'fixesOverdue', check: 'fixes-overdue' },
  { id: 'scansMissing', check: 'scans-missing' },
  { id: 'externalAccessUnread', check: 'external-access-unread' },
  { id: 'unusedAccessKept', check: 'unused-access-kept' },
  { id: 'recorderStopped', check: null, unexamined: 'standard' },
  { id: 'alarmsIdle', check: 'alarms-idle' },
  { id: 'noSecurityNotices', check: null, unexamined: 'noNotifications' },
  { id: 'collectorSilent', check: 'collector-silent' },
] as const satisfies readonly Signal[]

export type SignalId = (typeof signals)[number]['id']

/** A signal with what its checks found in the reader's accounts. */
export interface SignalView {
  id: SignalId
  /** The controls of its findings. */
  controls: string[]
  /** Open findings, and accounts that were examined. */
  open: number
  accounts: number
}
