import { useTranslations } from 'next-intl'
import type { FindingDetail } from '@/lib/domain/views'
import { Panel } from '../ui/layout/panel'
import { AskDialog } from './dialogs/ask-dialog'
import type { AskForFinding, ExceptionActions } from './exception-actions'
import { ExceptionButtons } from './exception-buttons'
import { ExceptionEnd, ExceptionPeople, ExceptionReason, ExceptionState } from './exception-facts'
import { ExceptionReview } from './exception-review'
import { MatchWords } from './match-words'

interface ExceptionPanelProps {
  finding: FindingDetail
  actions: ExceptionActions
  ask: AskForFinding
  me: string
}

/** The exceptions of a finding, and the button to request one. Renders nothing without either. */
export function ExceptionPanel({ finding, actions, ask, me }: ExceptionPanelProps) {
  const t = useTranslations()
  if (finding.exceptions.length === 0 && !finding.may.except) return null
  return (
    <Panel title={t('exceptions.title')}>
      <ul className="flex flex-col divide-y divide-separator">
        {finding.exceptions.map(row => (
          <li key={row.id} className="flex flex-col gap-1.5 py-2 first:pt-0">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-semibold">{t(`status.${row.kind}`)}</span>
              <ExceptionState row={row} />
            </span>
            {row.match ? (
              <span className="text-muted text-xs">
                {t('exceptions.byRule', { id: row.id })} <MatchWords match={row.match} />
              </span>
            ) : null}
            <ExceptionReason row={row} />
            <span className="flex gap-1.5 text-muted text-xs">
              {t('exceptions.columns.end')} <ExceptionEnd row={row} />
            </span>
            <ExceptionReview row={row} />
            <ExceptionPeople row={row} />
            <ExceptionButtons row={row} actions={actions} />
          </li>
        ))}
      </ul>
      {finding.may.except ? <AskDialog key={finding.id} finding={finding.id} ask={ask} me={me} /> : null}
    </Panel>
  )
}
