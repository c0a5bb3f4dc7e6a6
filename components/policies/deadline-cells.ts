import { severities } from '@/lib/domain/findings/severity'
import { environments } from '@/lib/domain/people/team'
import type { DuePolicy } from '@/lib/domain/policies/due-policy'

/** The tables of the form, in their order. */
export const sections = ['respond', 'threats', 'vulnerabilities', 'others'] as const
export type Section = (typeof sections)[number]
export const rows = ['all', ...environments] as const
export type Row = (typeof rows)[number]
/** Limits as text, by section, row and severity. */
export type Cells = Record<string, string>
type BySeverity = DuePolicy['days']
type Own = DuePolicy['vulnerabilities']['days']
type Limits = { limits: Own; environments: DuePolicy['environments'] }

export const cellOf = (section: Section, row: Row, severity: string) => `${section}/${row}/${severity}`

function limitsOf({ threats, vulnerabilities, days, environments: others }: DuePolicy): Record<Section, Limits> {
  return {
    respond: { limits: threats.respondHours, environments: threats.respondEnvironments },
    threats: { limits: threats.days, environments: threats.environments },
    vulnerabilities: { limits: vulnerabilities.days, environments: vulnerabilities.environments },
    others: { limits: days, environments: others },
  }
}

/** Whether an empty cell of a row means the default, and 0 no date; otherwise an empty cell means no date. */
export function hasDefault(section: Section, row: Row): boolean {
  return row !== 'all' || section === 'vulnerabilities'
}

export function toCells(policy: DuePolicy): Cells {
  const all = limitsOf(policy)
  const cells: Cells = {}
  for (const section of sections) {
    for (const row of rows) {
      const limits = row === 'all' ? all[section].limits : all[section].environments[row]
      for (const severity of severities) {
        const limit = limits?.[severity]
        const none = hasDefault(section, row) ? '0' : ''
        cells[cellOf(section, row, severity)] = limit === undefined ? '' : (limit?.toString() ?? none)
      }
    }
  }
  return cells
}

/** The inverse of toCells. */
export function toLimits(cells: Cells): Pick<DuePolicy, 'days' | 'environments' | 'threats' | 'vulnerabilities'> {
  const read = (section: Section, row: Row): Own => {
    const limits: Own = {}
    for (const severity of severities) {
      const text = (cells[cellOf(section, row, severity)] ?? '').trim()
      if (text === '' && hasDefault(section, row)) continue
      limits[severity] = text === '' || text === '0' ? null : Number(text)
    }
    return limits
  }
  const whole = (section: Section): BySeverity => {
    const { critical = null, high = null, medium = null, low = null, informational = null } = read(section, 'all')
    return { critical, high, medium, low, informational }
  }
  const own = (section: Section) => {
    const found: DuePolicy['environments'] = {}
    for (const environment of environments) {
      const limits = read(section, environment)
      if (Object.keys(limits).length > 0) found[environment] = limits
    }
    return found
  }
  return {
    days: whole('others'),
    environments: own('others'),
    threats: {
      respondHours: whole('respond'),
      respondEnvironments: own('respond'),
      days: whole('threats'),
      environments: own('threats'),
    },
    vulnerabilities: { days: read('vulnerabilities', 'all'), environments: own('vulnerabilities') },
  }
}
