import { csvLine } from '@/lib/domain/imports/csv-text'

type Cells = readonly (string | number | null)[]

/** A download of CSV, streamed while its rows are read, with little memory for any number. */
export function csvAnswer(
  filename: string,
  columns: readonly string[],
  pages: AsyncIterator<readonly Cells[]>,
): Response {
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    // The mark tells spreadsheets that it is UTF-8.
    start: controller => controller.enqueue(encoder.encode(`\ufeff${csvLine(columns)}`)),
    async pull(controller) {
      const { done, value } = await pages.next()
      if (done) return controller.close()
      controller.enqueue(encoder.encode(value.map(csvLine).join('')))
    },
    async cancel() {
      await pages.return?.()
    },
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${filename}"`,
      'cache-control': 'no-store',
    },
  })
}
