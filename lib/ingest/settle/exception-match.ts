import { now } from '../../clock'
import {
  type Covering,
  coveringOf,
  type EndReason,
  type ExceptionSide,
  whyNot,
  withCovering,
} from '../../domain/exceptions/exception'
import type { FindingState } from '../../domain/findings/lifecycle'
import { findingKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { RunContext } from '../run/context'

interface Subject {
  accountId: string
  /** 32 hexadecimal digits. */
  id: string
  control: string
  resourceId: string
}

/** The status of a finding with the exceptions of this run taken into account. */
export function withException(
  run: RunContext,
  subject: Subject,
  side: ExceptionSide,
  state: { severity: number; tags: readonly Tags[] },
): ExceptionSide {
  // An exception that was approved during this run must not be ended by it.
  const known =
    side.exceptionId === null ? run.exceptions.length > 0 : run.exceptions.some(each => each.id === side.exceptionId)
  if (!known && side.status !== 'resolved') return side
  return withCovering(side, coveringOf(run.exceptions, coverableOf(run, subject, state), now()))
}

/** The exception that no longer covers a finding, and why; null where this run has not read the exception. */
export function lostException(
  run: RunContext,
  subject: Subject & { exceptionId: number | null },
  state: Pick<FindingState, 'status' | 'severity'> & { tags: readonly Tags[] },
): { exception: Covering; reason: EndReason } | null {
  const exception = run.exceptions.find(each => each.id === subject.exceptionId)
  if (!exception) return null
  if (state.status === 'resolved') return { exception, reason: 'resolved' }
  return { exception, reason: whyNot(exception, coverableOf(run, subject, state), now()) ?? 'hand' }
}

/** The fields of a finding that exceptions depend on. */
export function coverableOf(run: RunContext, subject: Subject, state: { severity: number; tags: readonly Tags[] }) {
  const account = run.accounts.get(subject.accountId)
  return {
    key: findingKey(subject.accountId, subject.id),
    accountId: subject.accountId,
    environment: account?.environment ?? null,
    accountTags: account?.tags ?? {},
    control: subject.control,
    resourceId: subject.resourceId,
    tags: state.tags,
    severity: state.severity,
  }
}
