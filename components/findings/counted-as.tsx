import { useFormatter, useTranslations } from 'next-intl'
import type { FindingDetail, FindingRow } from '@/lib/domain/views'

/** Why an exploited vulnerability is due and ordered like a more severe one; nothing for others. */
export function CountedAs({ finding: { countsAs, countsBy } }: { finding: Pick<FindingRow, 'countsAs' | 'countsBy'> }) {
  const t = useTranslations()
  if (countsAs === null || countsBy === null) return null
  return (
    <span className="block text-bad text-xs">
      {t(`finding.countsAs.${countsBy}`, { severity: t(`severity.${countsAs}`) })}
    </span>
  )
}

/** When the days of a due date started. Nothing if a person set the date, or there is none. */
export function CountedFrom({ finding: { countedFrom } }: { finding: Pick<FindingDetail, 'countedFrom'> }) {
  const t = useTranslations('finding.countedFrom')
  const format = useFormatter()
  if (countedFrom === null) return null
  return (
    <span className="block text-muted text-xs">
      {t(countedFrom.by, { date: format.dateTime(countedFrom.at, { dateStyle: 'medium' }) })}
    </span>
  )
}
