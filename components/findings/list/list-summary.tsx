import { useFormatter, useTranslations } from 'next-intl'
import type { ComponentProps } from 'react'
import { ExportLink } from '../../verify/export-link'

interface ListSummaryProps {
  total: number
  exact: boolean
  asOf: Date
  /** The address of the list as CSV; null without the permission. */
  exportHref: string | null
  /** As in ExportLink. */
  prove?: ComponentProps<typeof ExportLink>['prove']
}

/** The number of rows, and the time of the count. */
export function ListSummary({ total, exact, asOf, exportHref, prove = null }: ListSummaryProps) {
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
        <ExportLink href={exportHref} prove={prove} className="ms-3 text-accent underline underline-offset-2">
          {t('findings.export')}
        </ExportLink>
      ) : null}
    </p>
  )
}
