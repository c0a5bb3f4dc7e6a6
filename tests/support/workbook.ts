import { text } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'

/** The parts of a workbook, by name. */
export async function partsOf(workbook: Buffer): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(workbook)
  const parts = new Map<string, string>()
  for await (const entry of zip.eachEntry())
    parts.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)))
  return parts
}

/** The cells of a worksheet by their places, such as B2: texts as written, numbers, and true or false. */
export function cellsOf(sheet: string): Map<string, string | number | boolean> {
  const cells = new Map<string, string | number | boolean>()
  for (const [, place = '', kind, inner = ''] of sheet.matchAll(
    /<c r="([A-Z]+\d+)"(?: s="\d")?(?: t="(\w+)")?>(.*?)<\/c>/gs,
  )) {
    const value = inner.replace(/<[^>]*>/g, '')
    if (kind === 'inlineStr') cells.set(place, unescaped(value))
    else cells.set(place, kind === 'b' ? value === '1' : Number(value))
  }
  return cells
}

const marks: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&#13;': '\r', _x005F_: '_' }

function unescaped(value: string): string {
  return value.replace(/&amp;|&lt;|&gt;|&#13;|_x005F_/g, mark => marks[mark] ?? mark)
}
