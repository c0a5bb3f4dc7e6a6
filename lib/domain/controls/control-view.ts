import type { Severity } from '../findings/severity'
import type { FindingClass } from '../imports/outcome'
import type { TrendPoint } from '../views'
import type { Category } from './categories'
import type { Requirements } from './requirements'

/** Findings opened and resolved on a day. */
export type FlowPoint = Pick<TrendPoint, 'day' | 'opened' | 'closed'>

/** What is known of a control in the reader's accounts. */
export interface ControlView {
  id: string
  /** As a source last called it; canonical titles stand in lib/domain/controls/text. */
  title: string
  class: FindingClass
  category: Category
  /** The severity that all of its findings have; null where each report decides. */
  severity: Severity | null
  requirements: Requirements[]
  /** What other tools call it, sorted. */
  otherNames: string[]
  /** The rows of the usage standard that it belongs to. */
  checks: string[]
  open: number
  /** Accounts with open findings. */
  accounts: number
  overdue: number
  /** Findings that an approved exception covers. */
  excepted: number
  /** The last 30 days, today included. */
  days: FlowPoint[]
}
