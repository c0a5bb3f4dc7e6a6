import { useTranslations } from 'next-intl'
import { ScrollArea } from '../ui/layout/scroll-area'

interface ChartTableProps {
  title: string
  /** The names of the numbers. */
  columns: readonly string[]
  rows: readonly { day: string; values: readonly string[] }[]
}

/** The figures of a chart in a folded table, for screen readers and for exact numbers. */
export function ChartTable({ title, columns, rows }: ChartTableProps) {
  const t = useTranslations('charts')
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit cursor-pointer text-muted">{t('asTable')}</summary>
      <ScrollArea label={title} className="mt-1 max-h-64">
        <table className="data-table">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              {columns.map(column => (
                <th key={column} scope="col" className="numeric">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ day, values }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                {values.map((value, at) => (
                  <td key={columns[at]} className="numeric">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  )
}
