import { useFormatter, useTranslations } from 'next-intl'
import type { ImportDetail } from '@/lib/domain/imports/views'
import { Panel } from '../../ui/layout/panel'
import { DataTable } from '../../ui/lists/data-table'
import { RejectSentence } from './reject-sentence'

/** The rejected records by their position in the document, each with its reason. */
export function RejectTable({ run }: { run: ImportDetail }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  if (run.rejects.length === 0) return null
  return (
    <Panel
      id="rejects"
      title={t('rejects', { count: run.counts.rejected })}
      aside={run.rejects.length < run.counts.rejected ? t('rejectsShown', { count: run.rejects.length }) : null}
    >
      <p className="mb-2 text-muted">{t('rejectsText', { accepted: run.counts.accepted })}</p>
      <DataTable
        caption={t('rejects', { count: run.counts.rejected })}
        rows={run.rejects}
        rowKey={reject => String(reject.index)}
        columns={[
          {
            key: 'index',
            header: t('rejectIndex'),
            label: t('rejectIndex'),
            className: 'sm:w-28',
            rowHeader: true,
            cell: reject => <span>{format.number(reject.index)}</span>,
          },
          { key: 'reason', header: t('rejectReason'), cell: reject => <RejectSentence reject={reject} /> },
        ]}
      />
    </Panel>
  )
}
