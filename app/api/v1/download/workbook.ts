import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { Pages } from '@/lib/domain/exports/cells'
import { MAX_SHEET_ROWS, sheetEnd, sheetRow, sheetStart } from '@/lib/domain/exports/worksheet'

const NS = 'http://schemas.openxmlformats.org'
const RELATIONS = `${NS}/officeDocument/2006/relationships`
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Times as 2026-11-28 09:30, and a bold head: the styles that the cells name by their place. */
const STYLES = `<styleSheet xmlns="${NS}/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
const ROOT = `<Relationships xmlns="${NS}/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

/**
 * An Excel workbook (ECMA-376), written while its rows are read. What a sheet has no room for goes into another one, and
 * the parts that list the sheets come last. `sheet` is the name of the first.
 */
export function workbookOf(
  sheet: string,
  columns: readonly string[],
  pages: Pages,
  maxRows = MAX_SHEET_ROWS,
): Readable {
  const zip = new ZipFile()
  const output = new PassThrough()
  const rows = rowsOf(pages)
  zip.on('error', error => output.destroy(error))
  zip.outputStream.pipe(output)
  // Also where the reader went away.
  output.once('close', () => void pages.return?.())
  addSheets(zip, { sheet, columns, rows, maxRows }).catch(error => output.destroy(error))
  return output
}

async function* rowsOf(pages: Pages) {
  for (let page = await pages.next(); !page.done; page = await pages.next()) yield* page.value
}

interface Sheets {
  sheet: string
  columns: readonly string[]
  rows: ReturnType<typeof rowsOf>
  maxRows: number
}

async function addSheets(zip: ZipFile, { sheet, columns, rows, maxRows }: Sheets): Promise<void> {
  const names: string[] = []
  let next = await rows.next()
  do {
    names.push(names.length === 0 ? sheet : `${sheet} ${names.length + 1}`)
    async function* parts() {
      let at = 1
      yield sheetStart(columns)
      for (; !next.done && at < maxRows; next = await rows.next()) yield sheetRow(++at, next.value)
      yield sheetEnd(columns.length, at)
    }
    const content = Readable.from(parts(), { objectMode: false })
    zip.addReadStream(content, `xl/worksheets/sheet${names.length}.xml`)
    await once(content, 'end')
  } while (!next.done)
  const part = (name: string, text: string) => zip.addBuffer(Buffer.from(HEAD + text), name)
  part('[Content_Types].xml', contentTypes(names))
  part('_rels/.rels', ROOT)
  part('xl/workbook.xml', listOf(names))
  part('xl/_rels/workbook.xml.rels', relationsOf(names))
  part('xl/styles.xml', STYLES)
  zip.end()
}

function contentTypes(sheets: readonly string[]): string {
  const parts = [
    ['/xl/workbook.xml', 'sheet.main'],
    ['/xl/styles.xml', 'styles'],
    ...sheets.map((_, at) => [`/xl/worksheets/sheet${at + 1}.xml`, 'worksheet']),
  ]
  const overrides = parts.map(([name, kind]) => `<Override PartName="${name}" ContentType="${TYPE}.${kind}+xml"/>`)
  return `<Types xmlns="${NS}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${overrides.join('')}</Types>`
}

function listOf(sheets: readonly string[]): string {
  const each = sheets.map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
  return `<workbook xmlns="${NS}/spreadsheetml/2006/main" xmlns:r="${RELATIONS}"><sheets>${each.join('')}</sheets></workbook>`
}

function relationsOf(sheets: readonly string[]): string {
  const targets = [...sheets.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`]), ['styles', 'styles.xml']]
  const each = targets.map(
    ([kind, target], at) => `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/${kind}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${NS}/package/2006/relationships">${each.join('')}</Relationships>`
}
