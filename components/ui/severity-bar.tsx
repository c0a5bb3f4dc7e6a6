import { useTranslations } from 'next-intl'
import { type Severity, severities } from '@/lib/domain/findings/severity'
import type { SeverityCounts } from '@/lib/domain/views'

const FILLS = {
  critical: 'fill-severity-critical',
  high: 'fill-severity-high',
  medium: 'fill-severity-medium',
  low: 'fill-severity-low',
  informational: 'fill-severity-informational',
} as const satisfies Record<Severity, string>

/** A bar with the shares of severities among open findings, with a text for screen readers. */
export function SeverityBar({ counts }: { counts: SeverityCounts }) {
  const t = useTranslations()
  const shown = severities.filter(severity => counts[severity] > 0)
  const total = shown.reduce((sum, severity) => sum + counts[severity], 0)
  const words = shown.map(severity =>
    t('counts.ofSeverity', { severity: t(`severity.${severity}`), count: counts[severity] }),
  )
  let from = 0
  return (
    <svg
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={total === 0 ? t('counts.noneOpen') : words.join(t('common.listSeparator'))}
      className="h-2 w-full min-w-16 rounded-sm bg-surface-tertiary"
    >
      {shown.map(severity => {
        const width = (counts[severity] / total) * 100
        const x = from
        from += width
        return (
          <rect key={severity} x={x} y="0" width={Math.max(width - 0.6, 0.6)} height="8" className={FILLS[severity]} />
        )
      })}
    </svg>
  )
}
