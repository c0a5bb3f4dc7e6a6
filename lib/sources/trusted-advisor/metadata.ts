import { firstText } from '../text'
import type { Check } from './checks'

const COLOURS = new Set(['Green', 'Yellow', 'Red'])
const REGION = /^(Region|Region\/AZ|Region API Parameter)$/
/** Columns that name the thing; the others describe it. */
const SUBJECT = /\b(ID|Name|User|Bucket|Cluster|Instance|Volume|Function|Address|Distribution)\b/i

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
  const columns = (check?.columns ?? []).filter(column => column !== 'Status')
  const pairs = columns.length === cells.length ? columns.map((column, at) => [column, cells[at] ?? ''] as const) : []
  const filled = pairs.filter(([, cell]) => cell !== '' && cell !== '-')
  const arn = filled.find(([, cell]) => cell.startsWith('arn:'))
  const subject =
    filled.find(([column]) => column === check?.subject) ??
    filled.find(([column]) => SUBJECT.test(column) && !column.startsWith('Region'))
  return {
    id: firstText(arn?.[1], subject?.[1], resourceId),
    region: filled.find(([column]) => REGION.test(column))?.[1] ?? '',
    lines: filled.map(([column, cell]) => `${column}: ${cell}`),
  }
}
