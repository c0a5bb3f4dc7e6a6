'use client'

import { useTranslations } from 'next-intl'
import { severities } from '@/lib/domain/findings/severity'
import { Panel } from '../ui/layout/panel'
import { ScrollArea } from '../ui/layout/scroll-area'
import { type Cells, cellOf, hasDefault, rows, type Section } from './deadline-cells'

interface DeadlineTableProps {
  section: Section
  cells: Cells
  onChange: (cell: string, value: string) => void
}

/** Deadlines of one class of findings by environment and severity. */
export function DeadlineTable({ section, cells, onChange }: DeadlineTableProps) {
  const t = useTranslations()
  const title = t(`settings.due-dates.sections.${section}`)
  return (
    <Panel title={title}>
      <ScrollArea label={title} className="">
        <table className="w-full min-w-[36rem] text-sm">
          <thead>
            <tr className="text-muted text-xs">
              <th scope="col" className="py-1 text-start font-normal">
                {t('findings.columns.environment')}
              </th>
              {severities.map(severity => (
                <th key={severity} scope="col" className="px-1 py-1 text-start font-normal">
                  {t(`severity.${severity}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => {
              const name = row === 'all' ? t('settings.due-dates.everywhere') : t(`environment.${row}`)
              return (
                <tr key={row} className="border-separator border-t">
                  <th scope="row" className="py-1.5 pe-2 text-start font-semibold">
                    {name}
                  </th>
                  {severities.map(severity => (
                    <td key={severity} className="px-1 py-1.5">
                      <input
                        type="number"
                        min={0}
                        max={section === 'respond' ? 720 : 3650}
                        inputMode="numeric"
                        aria-label={t('settings.due-dates.cell', {
                          section: title,
                          environment: name,
                          severity: t(`severity.${severity}`),
                        })}
                        placeholder={t(
                          hasDefault(section, row) ? 'settings.due-dates.same' : 'settings.due-dates.none',
                        )}
                        value={cells[cellOf(section, row, severity)] ?? ''}
                        onChange={event => onChange(cellOf(section, row, severity), event.target.value)}
                        className="h-8 w-20 rounded-xl border border-field-border bg-field px-2 tabular-nums placeholder:text-field-placeholder"
                      />
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollArea>
      <p className="mt-2 text-muted text-xs">{t(`settings.due-dates.hints.${section}`)}</p>
    </Panel>
  )
}
