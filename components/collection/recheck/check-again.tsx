import { useTranslations } from 'next-intl'
import { isUnreadable } from '@/lib/domain/collection/failure'
import type { FindingCheck } from '@/lib/domain/collection/findings/recheck'
import type { FindingDetail } from '@/lib/domain/views'
import { KeepFresh } from '../../imports/detail/keep-fresh'
import type { ActionResult } from '../../ui/action-result'
import { Panel } from '../../ui/layout/panel'
import { RelativeTime } from '../../ui/relative-time'
import { useCollectorName } from '../collector-name'
import { CellStateText } from '../coverage/cell-state'
import { FailureMessage } from '../failure-message'
import { RunButton } from '../run-button'

interface CheckAgainProps {
  finding: Pick<FindingDetail, 'id' | 'status' | 'may'>
  checks: readonly FindingCheck[]
  check: (input: { id: string }) => Promise<ActionResult<unknown>>
}

/** What the sources of a finding said when they were last read, and a button to read them now. */
export function CheckAgainPanel({ finding, checks, check }: CheckAgainProps) {
  const t = useTranslations('finding.checkAgain')
  if (checks.length === 0) return null
  const isOpen = checks.some(({ state }) => state === 'waiting' || state === 'reading')
  return (
    <Panel id="check-again" title={t('title')}>
      <KeepFresh active={isOpen} />
      <div className="flex flex-col items-start gap-3">
        <ul className="flex flex-col gap-2" aria-live="polite">
          {checks.map(each => (
            <li key={each.collector}>
              <Check check={each} resolved={finding.status === 'resolved'} />
            </li>
          ))}
        </ul>
        {finding.may.triage && !isOpen ? (
          <RunButton label={t('run')} done={t('started')} run={check} input={{ id: finding.id }} />
        ) : null}
      </div>
    </Panel>
  )
}

function Check({ check, resolved }: { check: FindingCheck; resolved: boolean }) {
  const t = useTranslations('finding.checkAgain')
  const tc = useTranslations('coverage')
  const name = useCollectorName()
  const { collector, state, action, message, readAt, reports } = check
  const isOpen = state === 'waiting' || state === 'reading'
  const said = state === 'ok' && reports ? t(resolved ? 'gone' : 'still') : null
  const reason =
    state === 'ok' || isOpen
      ? null
      : state === 'denied' && action
        ? tc('deniedAction', { action })
        : tc(`reasons.${message && isUnreadable(message) && state === 'failed' ? 'unreadable' : state}`)
  return (
    <div className="flex flex-col gap-0.5">
      <span className="flex flex-wrap gap-x-3">
        <span className="font-medium">{name(collector)}</span>
        {said ? null : <CellStateText state={state === 'not_evaluated' ? 'failed' : state} />}
      </span>
      {said ? <span>{said}</span> : null}
      {reason ? <span className="text-xs">{reason}</span> : null}
      {message ? <FailureMessage message={message} /> : null}
      {readAt && !isOpen ? (
        <span className="text-muted text-xs">
          {t('read')} <RelativeTime date={readAt} />
        </span>
      ) : null}
    </div>
  )
}
