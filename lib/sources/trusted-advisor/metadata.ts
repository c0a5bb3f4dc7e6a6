import { firstText } from '../text'
import type { Check } from './checks'

const COLOURS = new Set(['Green', 'Yellow', 'Red'])
/** Columns in English or, where a list of checks says so, in Japanese. */
const REGION = /^(Region|Region\/AZ|Region API Parameter|リージョン|リージョン\/AZ)$/
const STATUS = /^(Status|ステータス)$/
/** Columns that name the thing; the others describe it. */
const SUBJECT = /\b(ID|Name|User|Bucket|Cluster|Instance|Volume|Function|Address|Distribution)\b|(名|ID|ARN)$/i
/** Dollars by the month, which the newer API writes as a bare number. */
const MONTHLY = /^Estimated monthly savings(?: \(On Demand\))?$/i

/**
 * Metadata is a list whose places mean something only with the check's columns. The colour stands anywhere in it or nowhere, so
 * that both lists are taken without it; where they then differ in length nothing is guessed.
 */
export function subjectOf(
  metadata: readonly (string | null)[],
  resourceId: string,
  check: Check | null,
): { id: string; region: string; lines: string[] } {
  const cells = metadata.filter(cell => cell === null || !COLOURS.has(cell))
  const columns = (check?.columns ?? []).filter(column => !STATUS.test(column))
  const pairs = columns.length === cells.length ? columns.map((column, at) => [column, cells[at] ?? ''] as const) : []
  const filled = pairs.filter(([, cell]) => cell !== '' && cell !== '-')
  const arn = filled.find(([, cell]) => cell.startsWith('arn:'))
  const subject =
    filled.find(([column]) => column === check?.subject) ??
    filled.find(([column]) => SUBJECT.test(column) && !/^(Region|リージョン)/.test(column))
  return {
    id: firstText(arn?.[1], subject?.[1], resourceId),
    region: filled.find(([column]) => REGION.test(column))?.[1] ?? '',
    lines: filled.map(([column, cell]) => `${column}: ${MONTHLY.test(column) ? inDollars(cell) : cell}`),
  }
}

/** What a recommendation would save, where that is anything. */
export function savingsLine(savings: number | null | undefined): string[] {
  return savings && savings > 0 ? [`Estimated savings: USD ${savings.toFixed(2)} a month`] : []
}

function inDollars(cell: string): string {
  const amount = /^\$?(\d[\d,]*(?:\.\d+)?)$/.exec(cell)?.[1]
  return amount === undefined ? cell : `USD ${Number(amount.replaceAll(',', '')).toFixed(2)} a month`
}
