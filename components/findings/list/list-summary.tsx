import { useFormatter, useTranslations } from 'next-intl'
import type { ComponentProps } from 'react'
import { type ExportFormat, exportFormats } from '@/lib/domain/exports/cells'
import { ExportLink } from '../../verify/export-link'

interface ListSummaryProps {
  total: number
  exact: boolean
  asOf: Date
  /** The address of the export, without its format; null without the permission. */
  exportHref: string | null
  /** As in ExportLink. */
  prove?: ComponentProps<typeof ExportLink>['prove']
}

function withFormat(href: string, format: ExportFormat): string {
  return `${href}${href.includes('?') ? '&' : '?'}format=${format}`
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
        <span className="ms-3 inline-flex gap-x-2 print:hidden">
          {t('findings.export')}
          {exportFormats.map(format => (
            <ExportLink
              key={format}
              href={withFormat(exportHref, format)}
              prove={prove}
              className="text-accent underline underline-offset-2"
            >
              {t(`findings.exportAs.${format}`)}
            </ExportLink>
          ))}
        </span>
      ) : null}
    </p>
  )
}
