import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { FindingFilter } from '@/lib/domain/findings/filter'
import { severities } from '@/lib/domain/findings/severity'
import type { SeverityCounts } from '@/lib/domain/views'
import { findingsHref } from '../../findings/list/finding-params'
import { SeverityShape } from '../../ui/severity-badge'

/** The number of findings per severity, each with a link to its list. Severities without findings are left out. */
export function SeverityCountLinks({ counts, filter }: { counts: SeverityCounts; filter: Partial<FindingFilter> }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
      {severities
        .filter(severity => counts[severity] > 0)
        .map(severity => (
          <li key={severity}>
            <Link
              href={findingsHref({ ...filter, severity: [severity] })}
              prefetch={false}
              className="inline-flex min-h-6 items-center gap-1 whitespace-nowrap hover:text-accent hover:underline"
            >
              <SeverityShape severity={severity} />
              {t(`severity.${severity}`)}{' '}
              <b className="font-semibold text-foreground">{format.number(counts[severity])}</b>
            </Link>
          </li>
        ))}
    </ul>
  )
}
