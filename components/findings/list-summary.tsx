import { useFormatter, useTranslations } from 'next-intl'

interface ListSummaryProps {
  total: number
  exact: boolean
  asOf: Date
  /** Where the list can be had as CSV; null for who may not. */
  exportHref: string | null
}

/** How many rows a list has, and when that was counted. */
export function ListSummary({ total, exact, asOf, exportHref }: ListSummaryProps) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <p className="text-muted text-xs">
      <strong className="font-semibold text-foreground">
        {t(exact ? 'counts.findings' : 'counts.atLeast', { count: total })}
      </strong>{' '}
      <time dateTime={asOf.toISOString()}>
        {t('common.asOf', { time: format.dateTime(asOf, { dateStyle: 'medium', timeStyle: 'short' }) })}
      </time>
      {exportHref ? (
        <a href={exportHref} download className="ms-3 text-accent underline underline-offset-2">
          {t('findings.export')}
        </a>
      ) : null}
    </p>
  )
}
