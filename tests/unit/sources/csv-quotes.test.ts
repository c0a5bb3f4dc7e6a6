import { describe, expect, test } from 'vitest'
import { read } from './support'

describe('a quote', () => {
  const header = 'CHECK_ID,STATUS,SEVERITY,NOTE'
  const notes = async (...cells: string[]) => {
    const { values, codes, failure } = await read(`${header}\n${cells.map(cell => `c,FAIL,low,${cell}`).join('\n')}\n`)
    expect({ codes, failure }).toEqual({ codes: [], failure: null })
    return values.map(value => (value as Record<string, string>).NOTE)
  }

  test('within a cell is an ordinary character', async () => {
    expect(await notes('a 5" disk', 'b', 'two " of " them', '6"', 'c')).toEqual([
      'a 5" disk',
      'b',
      'two " of " them',
      '6"',
      'c',
    ])
  })

  test('at the beginning of a cell allows line breaks, separators and doubled quotes in it', async () => {
    expect(await notes('"a\nb"', '"x,""y"""', '""', 'z')).toEqual(['a\nb', 'x,"y"', '', 'z'])
  })

  test('without an end is where the file is truncated', async () => {
    expect((await read(`${header}\nc,FAIL,low,"open\nc,FAIL,low,x\n`)).failure).toMatchObject({ code: 'truncated' })
  })
})

test('a row of more cells than any header may have is uneven, and not split to its end', async () => {
  const { codes, records } = await read(`CHECK_ID,STATUS,SEVERITY\n${','.repeat(100_000)}\nc,FAIL,low\n`)
  expect(codes).toEqual(['uneven_row'])
  expect(records).toHaveLength(2)
})
