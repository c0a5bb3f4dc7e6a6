import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { workbookOf } from '../../app/api/v1/download/workbook'
import type { Cell } from '../../lib/domain/exports/cells'
import { cellsOf, partsOf } from '../support/workbook'

async function* pagesOf(...pages: Cell[][][]) {
  yield* pages
}
const written = async (columns: string[], pages: Cell[][][], maxRows?: number) =>
  partsOf(await buffer(workbookOf('Findings', columns, pagesOf(...pages), maxRows)))
const sheet = (parts: ReadonlyMap<string, string>, n = 1) => cellsOf(parts.get(`xl/worksheets/sheet${n}.xml`) ?? '')

describe('a workbook', () => {
  test('has each value in the cell of its column and row, in its type', async () => {
    const at = new Date('2026-11-28T12:00:00Z')
    const cells = sheet(
      await written(['text', 'count', 'yes', 'none', 'at'], [[['a', 1.5, true, null, at]], [['', 0, false]]]),
    )
    expect(Object.fromEntries(cells)).toEqual({
      A1: 'text',
      B1: 'count',
      C1: 'yes',
      D1: 'none',
      E1: 'at',
      A2: 'a',
      B2: 1.5,
      C2: true,
      // Days since the end of 1899, as spreadsheets count them.
      E2: 46354.5,
      B3: 0,
      C3: false,
    })
  })

  test.each([
    ['a formula', '=HYPERLINK("https://evil.example")', '=HYPERLINK("https://evil.example")'],
    ['marks of XML', '</t></is></c><c r="Z9"><v>1</v> & &lt;', '</t></is></c><c r="Z9"><v>1</v> & &lt;'],
    ['what Excel reads as a character', '_x000A_ and _X0041_', '_x000A_ and _X0041_'],
    ['lines', 'one\r\ntwo\n', 'one\r\ntwo\n'],
    ['characters that XML has not', 'a\0\u0008\ufffe\ud800b', 'a\ufffd\ufffd\ufffd\ufffdb'],
    ['characters of two units', '𩸽🏯', '𩸽🏯'],
    ['no half of a character at the end', `${'x'.repeat(32_765)}🏯🏯`, `${'x'.repeat(32_765)}…`],
    ['more than a cell takes', 'x'.repeat(40_000), `${'x'.repeat(32_766)}…`],
  ])('keeps %s as text', async (_what, text, kept) => {
    expect(sheet(await written(['a'], [[[text]]])).get('A2')).toBe(kept)
  })

  test('names columns beyond the 26th', async () => {
    const columns = Array.from({ length: 703 }, (_, n) => `c${n}`)
    const cells = sheet(await written(columns, []))
    expect(['Z1', 'AA1', 'ZZ1', 'AAA1'].map(place => cells.get(place))).toEqual(['c25', 'c26', 'c701', 'c702'])
  })

  test('goes on in another sheet where one is full, and lists all of them', async () => {
    const parts = await written(['n'], [[[1], [2], [3]], [[4]]], 3)
    expect([...sheet(parts, 1).values(), ...sheet(parts, 2).values()]).toEqual(['n', 1, 2, 'n', 3, 4])
    expect([...parts.keys()].filter(name => name.includes('sheets/'))).toHaveLength(2)
    expect(parts.get('xl/workbook.xml')).toMatch(/name="Findings" .*name="Findings 2"/)
  })

  test('of no rows has its columns', async () => {
    expect([...sheet(await written(['a', 'b'], [])).entries()]).toEqual([
      ['A1', 'a'],
      ['B1', 'b'],
    ])
  })

  test('ends with the error of its rows', async () => {
    async function* broken(): AsyncGenerator<Cell[][]> {
      yield [['a']]
      throw new Error('the database is gone')
    }
    await expect(buffer(workbookOf('Findings', ['a'], broken()))).rejects.toThrow('the database is gone')
  })

  test('ends the reading of its rows where the reader goes away', async () => {
    let ended = false
    async function* endless(): AsyncGenerator<Cell[][]> {
      try {
        for (;;) yield [[crypto.randomUUID()]]
      } finally {
        ended = true
      }
    }
    const workbook = workbookOf('Findings', ['a'], endless())
    await new Promise(resolve => workbook.once('readable', resolve))
    workbook.destroy()
    await expect.poll(() => ended).toBe(true)
  })
})
