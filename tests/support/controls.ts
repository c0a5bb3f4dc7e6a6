import type { z } from 'zod'
import type { ControlRow } from '../../lib/domain/controls/table'

type Row = z.input<typeof ControlRow>

/** A row of the table of controls with these names by column. */
export function controlRow(
  id: string,
  columns: Readonly<Record<string, readonly string[]>> = {},
  own: Partial<Row> = {},
): Row {
  const names = Object.entries(columns).map(([column, list]): [string, Record<string, string>] => [
    column,
    Object.fromEntries(list.map(name => [name, 'compared'])),
  ])
  return {
    id,
    severity: 'medium',
    severityFrom: 'security-hub-guide',
    category: 'other',
    service: 'Test',
    names: Object.fromEntries(names),
    source: 'https://example.com/',
    checked: '2026-11-27',
    ...own,
  }
}
