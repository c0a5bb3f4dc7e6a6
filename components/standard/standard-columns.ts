import type { TeamId } from '@/lib/domain/people/team'
import type { StandardAccount } from '@/lib/domain/standard/api-standard'
import { type StandardRow, standardRows } from '@/lib/domain/standard/rows'

/** A check with the team that owns it in most accounts. */
export interface StandardColumn {
  readonly row: StandardRow
  readonly team: TeamId
  /** Whether other teams own it in some accounts. */
  readonly mixed: boolean
}

/** Columns that stand beside each other and have something in common. */
export interface Span<T> {
  readonly value: T
  readonly width: number
}

/** The checks that any of the accounts has, in the order of the standard; within a part, those of one team together. */
export function columnsOf(accounts: readonly StandardAccount[]): StandardColumn[] {
  const teams = new Map<string, Map<TeamId, number>>()
  for (const { check, team } of accounts.flatMap(({ cells }) => cells)) {
    const own = teams.get(check) ?? new Map<TeamId, number>()
    teams.set(check, own)
    own.set(team, (own.get(team) ?? 0) + 1)
  }
  const columns = standardRows.flatMap(row => {
    const [most, ...others] = [...(teams.get(row.id) ?? [])].sort((a, b) => b[1] - a[1])
    return most ? [{ row, team: most[0], mixed: others.length > 0 }] : []
  })
  const order = [...new Set(columns.map(({ row }) => row.group))]
  return order.flatMap(group => {
    const own = columns.filter(({ row }) => row.group === group)
    const first = [...new Set(own.map(({ team }) => team))]
    return own.toSorted((a, b) => first.indexOf(a.team) - first.indexOf(b.team))
  })
}

export function spansOf<T>(columns: readonly StandardColumn[], value: (column: StandardColumn) => T): Span<T>[] {
  const spans: { value: T; width: number }[] = []
  for (const column of columns) {
    const last = spans.at(-1)
    if (last && last.value === value(column)) last.width += 1
    else spans.push({ value: value(column), width: 1 })
  }
  return spans
}
