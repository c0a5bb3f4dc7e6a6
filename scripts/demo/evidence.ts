import type { Access } from '../../lib/access/proof'
import { toNamedFile } from '../../lib/domain/attachments/attachment'
import { receiveAttachment } from '../../lib/ingest/attachments/receive-attachment'

/** A file that people of the demo attach to a request. */
export interface DemoFile {
  name: string
  bytes: Buffer
}

/** Uploads a file for a request of the same person; its id. */
export async function uploadDraft(access: Access<'findings:read'>, { name, bytes }: DemoFile): Promise<string> {
  async function* body() {
    yield bytes
  }
  const file = { ...toNamedFile(name, null), finding: null, exception: null }
  return (await receiveAttachment(access, body(), file)).id
}

/** A page of ASCII text as PDF 1.4: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf */
export function pdfOf(lines: readonly string[]): Buffer {
  const shown = lines.map(line => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n')
  const text = `BT /F1 12 Tf 16 TL 72 770 Td\n${shown}\nET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${end}`, 'latin1')
}

/** A table as Excel of a Japanese Windows opens it: CSV in UTF-8 with a byte order mark. */
export function csvOf(rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(
    `\ufeff${rows.map(row => row.map(cell => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')}\r\n`,
  )
}
