import { expect, test } from 'vitest'
import { csvLine } from '../../../lib/domain/imports/csv-text'

test.each([
  [['plain', 3, null], 'plain,3,\r\n'],
  [['a,b', 'say "hi"', 'two\nlines'], '"a,b","say ""hi""","two\nlines"\r\n'],
  [['=cmd|calc', '+1', '-1', '@SUM(A1)', '\tx'], "'=cmd|calc,'+1,'-1,'@SUM(A1),'\tx\r\n"],
  [['＝1+1', '＋1', '－1', '＠SUM', '\n=1'], `'＝1+1,'＋1,'－1,'＠SUM,"'\n=1"\r\n`],
  [['=1,2'], `"'=1,2"\r\n`],
  [['a=b', 'x-1'], 'a=b,x-1\r\n'],
])('%j is one line', (cells, line) => {
  expect(csvLine(cells)).toBe(line)
})
