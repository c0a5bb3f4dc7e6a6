import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { evidenceName } from '@/lib/domain/checks/evidence'
import type { Evidence } from '@/lib/domain/findings/facts'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingDetail } from '@/lib/domain/views'
import { Panel } from '../../ui/layout/panel'
import { RelativeTime } from '../../ui/relative-time'
import { Fact, FactList } from './fact'

/** What a check of Hinomi's own saw. Nothing for other findings. */
export function ObservedPanel({ finding: { facts } }: { finding: FindingDetail }) {
  const t = useTranslations('finding.observed')
  const locale = useLocale()
  if (facts?.kind !== 'observed' || facts.items.length === 0) return null
  return (
    <Panel title={t('title')}>
      <FactList>
        {facts.items.map(item => (
          <Fact key={`${item.name} ${item.value}`} name={evidenceName(locale, item.name)}>
            <EvidenceValue item={item} />
          </Fact>
        ))}
      </FactList>
    </Panel>
  )
}

function EvidenceValue({ item: { value, as } }: { item: Evidence }) {
  const t = useTranslations('finding.observed')
  const format = useFormatter()
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (typeof value === 'number')
    return as === 'bytes' ? t('kilobytes', { size: format.number(value / 1024) }) : format.number(value)
  const time = as === 'time' ? new Date(value) : null
  if (time && !Number.isNaN(time.getTime())) return <RelativeTime date={time} mayBeAhead />
  return (
    <span className={as === 'code' ? 'break-all font-mono text-xs leading-6' : 'break-words'}>
      {visibleText(value)}
    </span>
  )
}
