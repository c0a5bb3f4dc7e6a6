'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { severities } from '@/lib/domain/findings/severity'
import { guessColumns } from '@/lib/domain/imports/csv-columns'
import type { CsvMapping, PreviewCsv, SaveCsvMapping } from '@/lib/domain/imports/csv-mapping'
import { results } from '@/lib/domain/imports/outcome'
import type { CsvMappingView, CsvPreview } from '@/lib/domain/policies/views'
import { utf16Of } from '@/lib/domain/text/utf16'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { FileButton } from '../../ui/forms/file-button'
import { Select } from '../../ui/forms/select'
import { TextField } from '../../ui/forms/text-field'
import { Panel } from '../../ui/layout/panel'
import { sayDone } from '../../ui/overlays/toasts'
import { CsvPreviewTable } from './csv-preview'
import { toLines, toWords } from './csv-words'

const REQUIRED = ['resource', 'control'] as const
const OPTIONAL = [
  'account',
  'region',
  'resourceType',
  'title',
  'description',
  'severity',
  'status',
  'id',
  'date',
  'package',
] as const
/** The part of a file with its first rows. */
const HEAD = 200_000

const chosen = ([_field, column]: [string, string]) => column !== ''

interface CsvMappingFormProps {
  start: CsvMappingView | null
  preview: (input: z.input<typeof PreviewCsv>) => Promise<ActionResult<CsvPreview>>
  save: (input: z.input<typeof SaveCsvMapping>) => Promise<ActionResult<unknown>>
  onDone: () => void
}

/** Creates or edits a mapping, with a preview of a file's first rows. */
export function CsvMappingForm({ start, preview, save, onDone }: CsvMappingFormProps) {
  const t = useTranslations()
  const [name, setName] = useState(start?.name ?? '')
  const [product, setProduct] = useState(start?.mapping.product ?? '')
  const [kind, setKind] = useState<CsvMapping['class']>(start?.mapping.class ?? 'posture')
  const [columns, setColumns] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(start?.mapping.columns ?? {}).map(([key, column]) => [key, column ?? ''])),
  )
  const [severity, setSeverity] = useState<CsvMapping['severity']>(start?.mapping.severity ?? 'medium')
  const [severityWords, setSeverityWords] = useState(toLines(start?.mapping.severities ?? {}))
  const [statusWords, setStatusWords] = useState(toLines(start?.mapping.statuses ?? {}))
  const [head, setHead] = useState('')
  const [shown, setShown] = useState<CsvPreview | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const known = shown?.columns ?? []
  const look = useAction(preview, next => {
    // Another file: columns with a certain meaning are filled in, choices of the person stay.
    if (next.columns.join() !== known.join())
      setColumns(own => ({ ...guessColumns(next.columns), ...Object.fromEntries(Object.entries(own).filter(chosen)) }))
    setShown(next)
  })
  const form = useAction(save, () => {
    sayDone(t('settings.csv.saved'))
    onDone()
  })

  function mapping(): CsvMapping | null {
    const own = { severities: toWords(severityWords, severities), statuses: toWords(statusWords, results) }
    if (!own.severities || !own.statuses) {
      setWrong(t('settings.csv.wordsWrong'))
      return null
    }
    setWrong(null)
    const column = (key: string) => columns[key]?.trim() || null
    return {
      product: product.trim() || name.trim() || 'CSV',
      class: kind,
      columns: {
        resource: column('resource') ?? '',
        control: column('control') ?? '',
        account: column('account'),
        region: column('region'),
        resourceType: column('resourceType'),
        title: column('title'),
        description: column('description'),
        severity: column('severity'),
        status: column('status'),
        id: column('id'),
        date: column('date'),
        package: column('package'),
      },
      severity,
      severities: own.severities,
      statuses: own.statuses,
    }
  }
  async function choose(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
    let text: string
    try {
      // Decoded as by an import. Spreadsheets in Japan may save CSV as Shift_JIS.
      text = new TextDecoder(utf16Of(bytes) ?? 'utf-8', { fatal: true }).decode(bytes, { stream: true })
    } catch {
      setHead('')
      setWrong(t('settings.csv.notUtf8'))
      return
    }
    setWrong(null)
    setHead(text)
    look.submit({ mapping: null, head: text })
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const made = mapping()
    if (made) form.submit({ name: name.trim(), mapping: made, seen: start?.version ?? null })
  }
  const field = (key: string, required: boolean) =>
    known.length > 0 ? (
      <Select
        key={key}
        label={t(`settings.csv.columns.${key}`)}
        value={columns[key] || 'none'}
        options={[
          { id: 'none', label: t(required ? 'settings.csv.choose' : 'settings.csv.noColumn') },
          ...[...new Set([...known, columns[key] ?? ''])].filter(Boolean).map(id => ({ id, label: id })),
        ]}
        onChange={id => setColumns({ ...columns, [key]: id === 'none' ? '' : id })}
      />
    ) : (
      <TextField
        key={key}
        label={t(`settings.csv.columns.${key}`)}
        required={required}
        maxLength={200}
        value={columns[key] ?? ''}
        onChange={value => setColumns({ ...columns, [key]: value })}
      />
    )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3.5">
      <Panel title={t('settings.csv.what')}>
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label={t('settings.csv.name')}
            required
            disabled={start !== null}
            maxLength={60}
            value={name}
            onChange={setName}
            error={form.errorOf('name')}
          />
          <TextField label={t('settings.csv.product')} maxLength={100} value={product} onChange={setProduct} />
          <Select
            label={t('settings.csv.class')}
            value={kind}
            options={(['posture', 'vulnerability'] as const).map(id => ({ id, label: t(`class.${id}`) }))}
            onChange={id => setKind(id === 'vulnerability' ? 'vulnerability' : 'posture')}
          />
        </div>
        <span className="mt-3 flex flex-wrap items-center gap-2">
          <FileButton
            label={t('settings.csv.sample')}
            accept=".csv,text/csv,text/plain"
            onChoose={([chosen]) => void choose(chosen)}
          />
          <span className="text-muted text-xs">{t('settings.csv.sampleHint')}</span>
        </span>
      </Panel>
      <Panel title={t('settings.csv.which')}>
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {REQUIRED.map(key => field(key, true))}
          {OPTIONAL.map(key => field(key, false))}
        </div>
      </Panel>
      <Panel title={t('settings.csv.words')}>
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label={t('settings.csv.severities')}
            description={t('settings.csv.severitiesHint')}
            rows={4}
            placeholder={'P1 = critical\nP2 = high'}
            value={severityWords}
            onChange={setSeverityWords}
          />
          <TextField
            label={t('settings.csv.statuses')}
            description={t('settings.csv.statusesHint')}
            rows={4}
            placeholder={'NG = failed\nOK = passed'}
            value={statusWords}
            onChange={setStatusWords}
          />
          <Select
            label={t('settings.csv.severity')}
            value={severity}
            options={severities.map(id => ({ id, label: t(`severity.${id}`) }))}
            onChange={id => setSeverity(severities.find(each => each === id) ?? severity)}
          />
        </div>
      </Panel>
      {shown ? (
        <Panel title={t('settings.csv.preview')}>
          <CsvPreviewTable preview={shown} />
        </Panel>
      ) : null}
      <FormError message={wrong ?? form.otherError('name') ?? look.otherError('name')} />
      <div className="flex flex-wrap gap-2">
        <Button
          isDisabled={head === ''}
          isPending={look.pending}
          onPress={() => {
            const made = mapping()
            if (made) look.submit({ mapping: made, head })
          }}
        >
          {t('settings.csv.show')}
        </Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('common.save')}
        </Button>
        <Button variant="ghost" onPress={onDone}>
          {t('common.cancel')}
        </Button>
      </div>
    </form>
  )
}
