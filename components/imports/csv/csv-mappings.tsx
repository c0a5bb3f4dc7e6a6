'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { z } from 'zod'
import type { PreviewCsv, SaveCsvMapping } from '@/lib/domain/imports/csv-mapping'
import type { CsvMappingView, CsvPreview } from '@/lib/domain/policies/views'
import { RevokeButton } from '../../people/revoke-button'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Panel } from '../../ui/layout/panel'
import { EmptyState } from '../../ui/lists/empty-state'
import { RelativeTime } from '../../ui/relative-time'
import { CsvMappingForm } from './csv-mapping-form'

interface CsvMappingsProps {
  rows: readonly CsvMappingView[]
  preview: (input: z.input<typeof PreviewCsv>) => Promise<ActionResult<CsvPreview>>
  save: (input: z.input<typeof SaveCsvMapping>) => Promise<ActionResult<unknown>>
  drop: (input: { name: string }) => Promise<ActionResult<unknown>>
}

/** The saved mappings, and the form of the one that is edited. */
export function CsvMappings({ rows, preview, save, drop }: CsvMappingsProps) {
  const t = useTranslations('settings.csv')
  const [editing, setEditing] = useState<CsvMappingView | 'new' | null>(null)
  if (editing !== null) {
    return (
      <CsvMappingForm
        start={editing === 'new' ? null : editing}
        preview={preview}
        save={save}
        onDone={() => setEditing(null)}
      />
    )
  }
  return (
    <Panel>
      {rows.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
      ) : (
        <ul className="flex flex-col divide-y divide-separator">
          {rows.map(row => (
            <li key={row.name} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <span className="flex min-w-0 flex-col">
                <span className="font-semibold">{row.name}</span>
                <span className="text-muted text-xs">
                  {row.mapping.product} · {t('changedBy', { name: row.updatedBy })}{' '}
                  <RelativeTime date={row.updatedAt} />
                </span>
              </span>
              <span className="flex gap-1">
                <Button size="sm" aria-label={t('editOf', { name: row.name })} onPress={() => setEditing(row)}>
                  {t('edit')}
                </Button>
                <RevokeButton
                  id={row.name}
                  label={t('remove')}
                  name={row.name}
                  title={t('removeTitle', { name: row.name })}
                  text={t('removeText')}
                  done={t('removed')}
                  revoke={({ id }) => drop({ name: id })}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-2">
        <Button variant="primary" onPress={() => setEditing('new')}>
          {t('add')}
        </Button>
      </div>
    </Panel>
  )
}
