import type { Access } from '../../lib/access/proof'
import { toNamedFile } from '../../lib/domain/attachments/attachment'
import { receiveAttachment } from '../../lib/ingest/attachments/receive-attachment'
import { zipOf } from './zip'

type Owner = Partial<Pick<Parameters<typeof receiveAttachment>[2], 'finding' | 'exception'>>

/** Attaches a file as the API does, in chunks of a network. */
export async function attach(
  access: Access<'findings:read'>,
  name: string,
  bytes: Uint8Array | string,
  owner: Owner = {},
): Promise<string> {
  const file = toNamedFile(name, null)
  const whole = { finding: null, exception: null, ...owner }
  return (await receiveAttachment(access, inChunks(Buffer.from(bytes)), { ...file, ...whole })).id
}

export async function* inChunks(bytes: Buffer, size = 50_000): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

export const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')
/** The smallest PNG: one transparent pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const TYPES =
  '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'

/** A workbook with more parts, or with other ones instead. */
export function xlsxOf(more: Record<string, string | Uint8Array> = {}): Buffer {
  const parts = { '[Content_Types].xml': TYPES, 'xl/workbook.xml': '<workbook/>', ...more }
  return zipOf(Object.entries(parts).map(([name, data]) => ({ name, data })))
}
