import { isNeglected } from '../../feeds/sources'
import type { Evidence } from '../../findings/facts'
import type { Severity } from '../../findings/severity'
import { type CheckDefinition, ownControl } from '../check'
import { alarmsIdle } from './alarms'
import type { CountedSignal, SignalCount } from './attention'
import { operatedServices } from './operated-services'

/** Below this number a share says little. */
const FEW = 10
/** Shares from which whole groups of results are neglected. */
const UNWORKED = 0.8
const UNAVAILABLE = 0.3

function time(name: string, at: Date | null): Evidence[] {
  return at ? [{ name, value: at.toISOString(), as: 'time' }] : []
}

/**
 * A source with unread findings, or a paid service, that nobody opened for some time. One account reports it for the
 * organization.
 */
const sourceUnopened: CheckDefinition = {
  id: 'source-unopened',
  controls: [ownControl('source-unopened')],
  severity: 'medium',
  needs: [],
  regional: false,
  *run({ attention, now }) {
    for (const each of attention?.sources ?? []) {
      const { source, kind, accounts, unread, urgent, firstAt, openedAt } = each
      const settings = { unopenedDays: attention?.unopenedDays ?? 0, prices: {} }
      const failed = isNeglected(each, now, settings)
      const firstName = kind === 'source' ? 'neglectFirstReport' : 'neglectFirstSeen'
      const evidence: Evidence[] = [
        { name: 'neglectAccounts', value: accounts },
        { name: 'neglectUnread', value: unread },
        { name: 'neglectUrgent', value: urgent },
        ...(openedAt ? time('neglectOpened', openedAt) : time(firstName, firstAt)),
      ]
      yield {
        resource: { id: source, type: 'Source' },
        result: failed ? 'failed' : 'passed',
        ...(failed && { evidence }),
      }
    }
  },
}

type Rule = (found: SignalCount) => boolean
const any: Rule = ({ count }) => count > 0
const share =
  (limit: number): Rule =>
  ({ count, of }) =>
    of >= FEW && count > limit * of

/** A check of what is counted in each account. Without a count its source never reported. */
function counted(id: CountedSignal, severity: Severity, fails: Rule): CheckDefinition {
  return {
    id,
    controls: [ownControl(id)],
    severity,
    needs: [],
    regional: false,
    *run({ account, attention }) {
      const found = attention?.signals[id]
      if (!found) return
      const failed = fails(found)
      const evidence: Evidence[] = [
        { name: 'neglectCount', value: found.count },
        ...(fails === any ? [] : [{ name: 'neglectTotal', value: found.of }]),
        ...time('neglectOldest', found.oldest),
      ]
      yield {
        resource: { id: account.id, type: 'AwsAccount' },
        result: failed ? 'failed' : 'passed',
        ...(failed && { evidence }),
      }
    },
  }
}

/** Whether somebody operates what was bought or switched on. */
export const neglectChecks: readonly CheckDefinition[] = [
  sourceUnopened,
  counted('advice-unchanged', 'medium', any),
  counted('advice-stale', 'low', any),
  counted('threats-unread', 'high', any),
  counted('criticals-unworked', 'high', share(UNWORKED)),
  counted('suppressed-unexplained', 'medium', any),
  counted('controls-unavailable', 'high', share(UNAVAILABLE)),
  counted('fixes-overdue', 'high', any),
  counted('external-access-unread', 'high', any),
  counted('unused-access-kept', 'low', any),
  counted('collector-silent', 'high', any),
  ...operatedServices,
  alarmsIdle,
]
