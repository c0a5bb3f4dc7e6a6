import { cutText } from '../text/cut-text'
import type { Cell } from './cells'

/** https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3 */
export const MAX_SHEET_ROWS = 1_048_576
const MAX_CELL_TEXT = 32_767

/** Styles of the workbook, by their place in its list. */
const TIME = 1
const HEAD = 2

/** Days between 1900 as spreadsheets count it and 1970. */
const EPOCH_DAYS = 25_569
const DAY_MS = 86_400_000

/** What stands before the rows of a worksheet, its head included, which stays in view. ECMA-376-1, 18.3. */
export function sheetStart(columns: readonly string[]): string {
  const head = columns.map((name, at) => textCell(`${lettersOf(at)}1`, name, HEAD)).join('')
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" defaultColWidth="18"/><sheetData><row r="1">${head}</row>`
}

/** A row of a worksheet; the head is the first. */
export function sheetRow(at: number, cells: readonly Cell[]): string {
  return `<row r="${at}">${cells.map((cell, column) => toCell(`${lettersOf(column)}${at}`, cell)).join('')}</row>`
}

/** What stands after the last row. */
export function sheetEnd(columns: number, lastRow: number): string {
  return `</sheetData><autoFilter ref="A1:${lettersOf(Math.max(0, columns - 1))}${lastRow}"/></worksheet>`
}

/** Text never becomes a formula in such a cell, whatever its first character is. */
function toCell(place: string, cell: Cell): string {
  if (cell === null || cell === '') return ''
  if (typeof cell === 'string') return textCell(place, cell)
  if (typeof cell === 'boolean') return `<c r="${place}" t="b"><v>${cell ? 1 : 0}</v></c>`
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`
  return `<c r="${place}" s="${TIME}"><v>${cell.getTime() / DAY_MS + EPOCH_DAYS}</v></c>`
}

function textCell(place: string, text: string, style?: number): string {
  const styled = style === undefined ? '' : ` s="${style}"`
  return `<c r="${place}"${styled} t="inlineStr"><is><t xml:space="preserve">${toXml(cut(text))}</t></is></c>`
}

function cut(text: string): string {
  return text.length > MAX_CELL_TEXT ? `${cutText(text, MAX_CELL_TEXT - 1)}\u2026` : text
}

/** Characters that XML does not have: https://www.w3.org/TR/xml/#charsets */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** Excel reads _x000A_ as the character of that number (ECMA-376-1, 22.9.2.19), so that its first mark is written as one. */
function toXml(text: string): string {
  return text
    .replace(NOT_XML, '\ufffd')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[&<>\r]/g, mark => SPECIAL[mark] ?? mark)
}

/** A, B, ... Z, AA: the name of a column by its place from 0. */
function lettersOf(column: number): string {
  const rest = Math.floor(column / 26)
  return `${rest > 0 ? lettersOf(rest - 1) : ''}${String.fromCharCode(65 + (column % 26))}`
}
