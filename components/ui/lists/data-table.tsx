import { ArrowDown, ArrowUp } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'

export interface Column<Row> {
  key: string
  header: ReactNode
  /** The column's name on a card of a narrow screen. Without it the cell has no label. */
  label?: string
  cell: (row: Row) => ReactNode
  /** Whether a card may leave the cell out. */
  empty?: (row: Row) => boolean
  className?: string
  numeric?: boolean
  /** The cell that names the row. */
  rowHeader?: boolean
  /** Whether its header stays visible above the cards of a narrow screen; always, if rows can be sorted by it. */
  headerInCards?: boolean
  sort?: { href: string; direction: 'ascending' | 'descending' | null }
}

interface DataTableProps<Row> {
  /** The caption of the table, for screen readers. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  isSelected?: (row: Row) => boolean
  /** Rows of two lines, and short cards without the names of columns. */
  dense?: boolean
}

function Heading<Row>({ column }: { column: Column<Row> }) {
  const { sort } = column
  if (!sort) return <>{column.header}</>
  const Arrow = sort.direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <Link
      href={sort.href}
      scroll={false}
      className="inline-flex items-center gap-1 hover:text-foreground hover:underline"
    >
      {column.header}
      {sort.direction ? <Arrow aria-hidden className="size-3" /> : null}
    </Link>
  )
}

/** A table that becomes a list of cards on a narrow screen. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, isSelected, dense = false } = props
  return (
    <div className="data-table-place">
      <table className={`data-table stacks ${dense ? 'dense' : ''}`}>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th
                key={column.key}
                scope="col"
                className={`${column.numeric ? 'numeric' : ''} ${column.className ?? ''} ${column.headerInCards || column.sort ? 'in-cards' : ''}`}
                {...(column.sort ? { 'aria-sort': column.sort.direction ?? ('none' as const) } : {})}
              >
                <Heading column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={rowKey(row)} data-selected={isSelected?.(row) ?? false}>
              {columns.map(column => {
                const Cell = column.rowHeader ? 'th' : 'td'
                return (
                  <Cell
                    key={column.key}
                    className={`${column.numeric ? 'numeric' : ''} ${column.className ?? ''}`}
                    {...(column.rowHeader ? { scope: 'row' as const } : {})}
                    {...(column.label ? { 'data-label': column.label } : {})}
                    {...(column.empty?.(row) ? { 'data-empty': true } : {})}
                  >
                    {column.cell(row)}
                  </Cell>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
