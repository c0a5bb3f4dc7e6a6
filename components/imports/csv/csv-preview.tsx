import { useTranslations } from 'next-intl'
import type { CsvPreview } from '@/lib/domain/policies/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import { ScrollArea } from '../../ui/layout/scroll-area'
import { SeverityBadge } from '../../ui/severity-badge'
import { RejectSentence } from '../detail/reject-sentence'

/** The first rows of a file with their results, or the reason for their refusal. Cells are shown as text. */
export function CsvPreviewTable({ preview }: { preview: CsvPreview }) {
  const t = useTranslations()
  if (preview.failure) return <RejectSentence reject={preview.failure} />
  if (preview.rows.length === 0) return <p className="text-muted">{t('settings.csv.noRows')}</p>
  return (
    <ScrollArea label={t('settings.csv.preview')} className="max-h-96">
      <table className="data-table">
        <caption className="sr-only">{t('settings.csv.preview')}</caption>
        <thead>
          <tr>
            <th scope="col" className="numeric">
              {t('settings.csv.row')}
            </th>
            <th scope="col">{t('findings.columns.severity')}</th>
            <th scope="col">{t('settings.csv.result')}</th>
            <th scope="col">{t('findings.columns.control')}</th>
            <th scope="col">{t('finding.resource')}</th>
            <th scope="col">{t('findings.columns.title')}</th>
          </tr>
        </thead>
        <tbody>
          {preview.rows.map(row => (
            <tr key={row.number}>
              <th scope="row" className="numeric">
                {row.number}
              </th>
              {row.outcome ? (
                <>
                  <td>
                    <SeverityBadge severity={row.outcome.severity} />
                  </td>
                  <td>{t(`result.${row.outcome.result}`)}</td>
                  <td>{visibleText(row.outcome.control)}</td>
                  <td className="break-all font-mono text-2xs">{visibleText(row.outcome.resourceId)}</td>
                  <td>{visibleText(row.outcome.title)}</td>
                </>
              ) : (
                <td colSpan={5} className={row.reject ? 'text-bad' : 'text-muted'}>
                  {row.reject ? (
                    <RejectSentence reject={row.reject} />
                  ) : (
                    visibleText(Object.values(row.cells).join(' | ').slice(0, 200))
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
