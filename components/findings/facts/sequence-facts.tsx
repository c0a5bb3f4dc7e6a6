import { useTranslations } from 'next-intl'
import type { Sequence, Signal } from '@/lib/domain/findings/facts'
import { visibleText } from '@/lib/domain/text/visible-text'
import { CopyButton } from '../../ui/copy-button'
import { ExactTime } from '../../ui/relative-time'

/** Kinds of signals: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Signal.html */
const KINDS = {
  FINDING: 'finding',
  CLOUD_TRAIL: 'api',
  S3_DATA_EVENTS: 'data',
  EKS_AUDIT_LOGS: 'api',
  FLOW_LOGS: 'network',
  DNS_LOGS: 'network',
  RUNTIME_MONITORING: 'runtime',
} as const

function kindOf({ kind }: Signal): (typeof KINDS)[keyof typeof KINDS] | 'other' {
  const found = Object.entries(KINDS).find(([name]) => name === kind)
  return found ? found[1] : 'other'
}

/** The actors of an attack sequence, what it was recognized by, and its signals in the order of time. */
export function SequenceFacts({ sequence: { actors, indicators, signals } }: { sequence: Sequence }) {
  const t = useTranslations('threat.sequence')
  return (
    <>
      {actors.length > 0 ? (
        <>
          <h3 className="mt-3 font-semibold text-xs">{t('actors')}</h3>
          <ul>
            {actors.map(({ principal, principalType, accessKeyId }) => (
              <li key={`${principal}-${accessKeyId}`} className="flex flex-wrap items-center gap-x-2">
                {principal ? <span className="break-all font-mono text-xs">{visibleText(principal)}</span> : null}
                {principalType ? <span className="text-muted">{visibleText(principalType)}</span> : null}
                {accessKeyId ? <KeyId id={accessKeyId} /> : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {indicators.length > 0 ? (
        <>
          <h3 className="mt-3 font-semibold text-xs">{t('indicators')}</h3>
          <ul>
            {indicators.map(({ title, values }) => (
              <li key={title} className="break-words">
                {visibleText([title, values.join(', ')].filter(Boolean).join(': '))}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {signals.length > 0 ? <Signals signals={signals} /> : null}
    </>
  )
}

function KeyId({ id }: { id: string }) {
  const t = useTranslations('threat')
  return (
    <span className="inline-flex items-center gap-1">
      <span className="break-all font-mono text-xs">{visibleText(id)}</span>
      <CopyButton text={id} label={t('copy', { value: visibleText(id) })} />
    </span>
  )
}

function Signals({ signals }: { signals: readonly Signal[] }) {
  const t = useTranslations('threat.sequence')
  return (
    <div className="mt-3 overflow-x-auto">
      <table className="w-full text-left text-xs">
        <caption className="text-left font-semibold">{t('signals')}</caption>
        <thead className="text-muted">
          <tr>
            {(['when', 'signal', 'kind', 'count'] as const).map(column => (
              <th key={column} scope="col" className="py-1 pr-3 font-normal">
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {signals.map(signal => (
            <tr key={`${signal.id}-${signal.name}-${signal.firstSeen}`} className="border-border border-t align-top">
              <td className="whitespace-nowrap py-1 pr-3">
                {signal.firstSeen ? <ExactTime date={new Date(signal.firstSeen)} /> : null}
              </td>
              <td className="break-all py-1 pr-3">{visibleText(signal.name ?? '')}</td>
              <td className="py-1 pr-3">{t(`kinds.${kindOf(signal)}`)}</td>
              <td className="py-1 tabular-nums">{signal.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
