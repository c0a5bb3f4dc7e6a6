import { Readable } from 'node:stream'
import type { Cell, ExportFormat, Pages } from '@/lib/domain/exports/cells'
import { csvLine } from '@/lib/domain/imports/csv-text'
import { workbookOf } from './workbook'

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** A download of a table, streamed while its rows are read, with little memory for any number. `name` is the file's without its end. */
export function tableAnswer(format: ExportFormat, name: string, columns: readonly string[], pages: Pages): Response {
  return new Response(bodyOf(format, name, columns, pages), {
    headers: {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename="${name}.${format}"`,
      'cache-control': 'no-store',
    },
  })
}

function bodyOf(format: ExportFormat, name: string, columns: readonly string[], pages: Pages): ReadableStream {
  if (format === 'csv') {
    // The mark tells spreadsheets that it is UTF-8.
    const page = (rows: readonly (readonly Cell[])[]) => rows.map(row => csvLine(row.map(toText))).join('')
    return textOf(pages, { start: `\ufeff${csvLine(columns)}`, page, end: '' })
  }
  if (format === 'json') {
    const row = (cells: readonly Cell[]) =>
      JSON.stringify(Object.fromEntries(columns.map((key, at) => [key, cells[at]])))
    const page = (rows: readonly (readonly Cell[])[], isFirst: boolean) =>
      rows.map((cells, at) => `${isFirst && at === 0 ? '' : ','}\n${row(cells)}`).join('')
    return textOf(pages, { start: '[', page, end: '\n]\n' })
  }
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return Readable.toWeb(workbookOf(title, columns, pages)) as ReadableStream
}

function toText(cell: Cell): string | number | null {
  return cell instanceof Date ? cell.toISOString() : typeof cell === 'boolean' ? String(cell) : cell
}

interface Parts {
  start: string
  page: (rows: readonly (readonly Cell[])[], isFirst: boolean) => string
  end: string
}

function textOf(pages: Pages, { start, page, end }: Parts): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let isFirst = true
  return new ReadableStream<Uint8Array>({
    start: controller => controller.enqueue(encoder.encode(start)),
    async pull(controller) {
      const { done, value } = await pages.next()
      if (done) {
        if (end !== '') controller.enqueue(encoder.encode(end))
        return controller.close()
      }
      controller.enqueue(encoder.encode(page(value, isFirst)))
      if (value.length > 0) isFirst = false
    },
    async cancel() {
      await pages.return?.()
    },
  })
}
