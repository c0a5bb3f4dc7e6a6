import { useTranslations } from 'next-intl'
import type { FindingRow } from '@/lib/domain/views'

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
