import { useTranslations } from 'next-intl'
import type { Severity } from '@/lib/domain/findings/severity'

const COLOURS = {
  critical: 'text-severity-critical',
  high: 'text-severity-high',
  medium: 'text-severity-medium',
  low: 'text-severity-low',
  informational: 'text-severity-informational',
} as const satisfies Record<Severity, string>

const SHAPES = {
  critical: <path d="M5 0 10 5 5 10 0 5Z" />,
  high: <path d="M5 0.5 10 9.5 0 9.5Z" />,
  medium: <rect x="1" y="1" width="8" height="8" />,
  low: <circle cx="5" cy="5" r="4.25" />,
  informational: <rect x="0.5" y="3.75" width="9" height="2.5" />,
} as const satisfies Record<Severity, unknown>

/** The shape of a severity in its colour. Text is always shown beside it. */
export function SeverityShape({ severity }: { severity: Severity }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden className={`size-2.5 shrink-0 fill-current ${COLOURS[severity]}`}>
      {SHAPES[severity]}
    </svg>
  )
}

/** A severity as shape, word and colour. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  const t = useTranslations('severity')
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-semibold ${COLOURS[severity]}`}>
      <SeverityShape severity={severity} />
      {t(severity)}
    </span>
  )
}
