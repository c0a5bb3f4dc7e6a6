import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import type { PreviewCsv } from '../../domain/imports/csv-mapping'
import { RejectedRecord } from '../../domain/imports/reject'
import type { CsvPreview } from '../../domain/policies/views'
import { RejectedDocument, readDocument } from '../../sources/reader/document'
import { outcomesOf } from '../../sources/registry'

const SHOWN = 20

/** The first rows of a CSV as a mapping reads or rejects them; without a mapping only its columns. Imports nothing. */
export async function previewCsv(
  access: Access<'accounts:manage'>,
  { mapping, head }: PreviewCsv,
): Promise<CsvPreview> {
  requireAllAccounts(access)
  const preview: CsvPreview = { columns: [], rows: [], failure: null }
  // The last line of a truncated file is probably incomplete.
  const end = head.lastIndexOf('\n')
  const bytes = Buffer.from(end > 0 ? head.slice(0, end + 1) : head)
  try {
    for await (const records of readDocument(once(bytes), { batchSize: SHOWN, csv: true })) {
      for (const record of records) {
        if (preview.rows.length >= SHOWN) return preview
        const number = preview.rows.length + 1
        if (!('value' in record)) {
          if ('reject' in record) preview.rows.push({ number, cells: {}, outcome: null, reject: record.reject })
          continue
        }
        const cells = record.value as Record<string, string>
        if (preview.columns.length === 0) preview.columns = Object.keys(cells)
        preview.rows.push({ number, cells, ...(mapping ? read(cells, mapping) : { outcome: null, reject: null }) })
      }
    }
  } catch (problem) {
    if (!(problem instanceof RejectedDocument)) throw problem
    if (preview.rows.length === 0) preview.failure = { code: problem.code, params: problem.params }
  }
  return preview
}

function read(
  cells: Record<string, string>,
  mapping: NonNullable<PreviewCsv['mapping']>,
): Pick<CsvPreview['rows'][number], 'outcome' | 'reject'> {
  try {
    // A row may lack an account: it is chosen at the import.
    const [outcome] = outcomesOf(cells, { now: now(), mapping, account: '000000000000' })
    if (!outcome) return { outcome: null, reject: null }
    const { accountId, control, result, severity, title, resource, region } = outcome
    return { outcome: { accountId, control, result, severity, title, resourceId: resource.id, region }, reject: null }
  } catch (problem) {
    if (!(problem instanceof RejectedRecord)) throw problem
    return { outcome: null, reject: { code: problem.code, params: problem.params } }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
