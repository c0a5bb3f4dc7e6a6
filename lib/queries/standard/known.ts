import 'server-only'
import { OWN_FEED } from '../../domain/collection/collectors'
import type { Unexamined } from '../../domain/collection/lines'
import { controlsByName } from '../../domain/standard/names'
import { type StandardRow, standardRows } from '../../domain/standard/rows'
import type { CheckSummary, ControlCounts, FindingCounts } from '../../domain/standard/state'
import { Prisma } from '../../generated/prisma/client'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'

const { sql } = Prisma

/** The results that decide the states of the standard in one account. */
export interface KnownOfAccount {
  /** When the checks last said anything; null if they never ran. */
  readAt: Date | null
  checks: ReadonlyMap<string, CheckSummary>
  controls: ReadonlyMap<string, ControlCounts>
  findings: ReadonlyMap<string, FindingCounts>
}

const NOTHING: KnownOfAccount = { readAt: null, checks: new Map(), controls: new Map(), findings: new Map() }

/** What decides the states of some checks of the standard. */
interface Wanted {
  checks: string[]
  controls: string[]
  /** The controls by the names that tools give them. */
  names: { name: string; id: string; control: string }[]
  controlNamed: ReadonlyMap<string, string>
}

function wantedBy(rows: readonly StandardRow[]): Wanted {
  const controls = [...new Set(rows.flatMap(row => row.controls))]
  const byId = new Map(controls.map(control => [control.toLowerCase(), control]))
  const names = [...controlsByName(controls)].map(([name, id]) => ({ name, id, control: byId.get(id) ?? id }))
  return {
    checks: [...new Set(rows.flatMap(row => row.checks))],
    controls,
    names,
    controlNamed: new Map(names.map(({ name, control }) => [name, control])),
  }
}

const whole = wantedBy(standardRows)

/**
 * The results of accounts, each as one row: a hundred accounts have thousands of states, which take long to read one by
 * one. The caller limits the accounts. Of all checks of the standard, or of some.
 */
export async function knownOf(
  ids: readonly string[],
  rows: readonly StandardRow[] = standardRows,
): Promise<(account: string) => KnownOfAccount> {
  const wanted = rows === standardRows ? whole : wantedBy(rows)
  const [states, counted, failing] = await Promise.all([
    checkStates(ids, wanted),
    findingCounts(ids, wanted),
    failingControls(ids, wanted),
  ])
  const known = new Map<string, KnownOfAccount>()
  const add = (account: string, part: Partial<KnownOfAccount>) =>
    known.set(account, { ...(known.get(account) ?? NOTHING), ...part })
  for (const { account, readAt, counts, missing } of states) {
    const checks = new Map<string, CheckSummary>()
    for (const text of counts?.split(',') ?? []) {
      const [check = '', passed, failed, unknown] = text.split(' ')
      const numbers = { passed: Number(passed), failed: Number(failed), unknown: Number(unknown) }
      checks.set(check, { check, ...numbers, unexamined: missing?.[check] ?? [] })
    }
    add(account, { readAt, checks })
  }
  for (const { account, findings } of counted)
    add(account, {
      findings: new Map(findings.map(([control, unsolved, excepted]) => [control, { unsolved, excepted }])),
    })
  const checked = new Set(states.map(({ account }) => account))
  const unchecked = ids.filter(id => !checked.has(id))
  const lacking = failing.flatMap(({ account, controls }) => {
    const found = known.get(account)?.findings ?? NOTHING.findings
    const failed = new Set(controls.map(name => wanted.controlNamed.get(name) ?? name))
    return [...failed].filter(control => !found.has(control)).map(control => ({ account, control }))
  })
  for (const { account, controls } of await reportedControls(unchecked, lacking, wanted))
    add(account, { controls: new Map(controls.map(([control, failed, passed]) => [control, { failed, passed }])) })
  return account => known.get(account) ?? NOTHING
}

interface StoredStates {
  account: string
  readAt: Date | null
  /**
   * Of each check its id and the numbers of resources that passed, failed and were not shown: `id 1 2 3`, joined by
   * commas. Null where only checks of no row ran.
   */
  counts: string | null
  missing: Record<string, Unexamined[]> | null
}

/** A row for every account that Hinomi has checked. */
function checkStates(ids: readonly string[], { checks }: Wanted): Promise<StoredStates[]> {
  const counts = sql`"check" = ANY(${checks}::text[])`
  return read<StoredStates>(
    sql`SELECT account_id AS account, max(read_at) FILTER (WHERE ${counts}) AS "readAt",
        string_agg("check" || ' ' || passed || ' ' || failed || ' ' || unknown, ',') FILTER (WHERE ${counts}) AS counts,
        json_object_agg("check", unexamined) FILTER (WHERE NOT whole AND ${counts}) AS missing
      FROM check_state WHERE account_id = ANY(${[...ids]}::text[]) GROUP BY 1`,
  )
}

interface Counted {
  account: string
  findings: [control: string, unsolved: number, excepted: number][]
}

/** The findings of each control that are not resolved, from an index alone. */
function findingCounts(ids: readonly string[], { controls }: Wanted): Promise<Counted[]> {
  return read<Counted>(
    sql`WITH found AS (
        SELECT account_id, control, (count(*) FILTER (WHERE status IN (${unsolvedStatusSql})))::int AS unsolved,
          (count(*) FILTER (WHERE status IN ('accepted', 'false_positive')))::int AS excepted
        FROM finding WHERE account_id = ANY(${[...ids]}::text[]) AND control = ANY(${controls}::text[]) AND class = 'posture'
          AND status <> 'resolved'
        GROUP BY 1, 2
      )
      SELECT account_id AS account, json_agg(json_build_array(control, unsolved, excepted)) AS findings FROM found GROUP BY 1`,
  )
}

interface Failing {
  account: string
  /** As the tools call them. */
  controls: string[]
}

/** The controls that any tool reports as failed. */
function failingControls(ids: readonly string[], { names }: Wanted): Promise<Failing[]> {
  return read<Failing>(
    sql`SELECT account_id AS account, json_agg(control) AS controls FROM (
        SELECT DISTINCT account_id, control FROM control_result
        WHERE account_id = ANY(${[...ids]}::text[]) AND failed > 0 AND control = ANY(${names.map(({ name }) => name)}::text[])
      ) AS f GROUP BY 1`,
  )
}

interface Reported {
  account: string
  controls: [control: string, failed: number, passed: number][]
}

/**
 * The results of controls where these decide: of accounts that Hinomi has not checked, and failures without a finding.
 * Of several tools the one that counts most: they look at the same resources.
 */
async function reportedControls(
  unchecked: readonly string[],
  lacking: readonly { account: string; control: string }[],
  { names }: Wanted,
): Promise<Reported[]> {
  if (unchecked.length + lacking.length === 0) return []
  return read<Reported>(
    sql`WITH named AS MATERIALIZED (
        SELECT * FROM unnest(${names.map(each => each.name)}::text[], ${names.map(each => each.id)}::text[],
          ${names.map(each => each.control)}::text[]) AS n(name, id, control)
      ), lacking AS MATERIALIZED (
        SELECT * FROM unnest(${lacking.map(each => each.account)}::text[], ${lacking.map(each => each.control)}::text[]) AS l(account_id, control)
      ), wanted AS (
        SELECT r.account_id, n.id, r.source, r.product, r.failed, r.passed
        FROM control_result r JOIN named n ON n.name = r.control JOIN lacking l ON l.account_id = r.account_id AND l.control = n.control
        WHERE r.failed > 0 AND (r.source = ${OWN_FEED} OR r.account_id <> ALL(${[...unchecked]}::text[]))
        UNION ALL
        SELECT r.account_id, n.id, r.source, r.product, r.failed, r.passed FROM control_result r JOIN named n ON n.name = r.control
        WHERE r.account_id = ANY(${[...unchecked]}::text[]) AND r.source <> ${OWN_FEED}
      ), result AS (
        SELECT account_id, id, sum(failed)::int AS failed, sum(passed)::int AS passed
        FROM wanted GROUP BY account_id, id, source, product
      ), best AS (
        SELECT account_id, id, max(failed) AS failed, max(passed) AS passed FROM result GROUP BY 1, 2
      )
      SELECT account_id AS account, json_agg(json_build_array(id, failed, passed)) AS controls FROM best GROUP BY 1`,
  )
}
