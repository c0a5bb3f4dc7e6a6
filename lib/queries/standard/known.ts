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

/**
 * The results of accounts, each as one row: a hundred accounts have thousands of states, which take long to read one by
 * one. The caller limits the accounts. Of all checks of the standard, or of some.
 */
export async function knownOf(
  ids: readonly string[],
  rows: readonly StandardRow[] = standardRows,
): Promise<(account: string) => KnownOfAccount> {
  const controls = [...new Set(rows.flatMap(row => row.controls))]
  const [states, counted, reported] = await Promise.all([
    checkStates(ids, [...new Set(rows.flatMap(row => row.checks))]),
    findingCounts(ids, controls),
    reportedControls(ids, controls),
  ])
  const known = new Map<string, KnownOfAccount>()
  for (const { account, readAt, counts, missing } of states) {
    const checks = new Map<string, CheckSummary>()
    for (const text of counts.split(',')) {
      const [check = '', passed, failed, unknown] = text.split(' ')
      const numbers = { passed: Number(passed), failed: Number(failed), unknown: Number(unknown) }
      checks.set(check, { check, ...numbers, unexamined: missing?.[check] ?? [] })
    }
    known.set(account, { ...NOTHING, readAt, checks })
  }
  const add = (account: string, part: Partial<KnownOfAccount>) =>
    known.set(account, { ...(known.get(account) ?? NOTHING), ...part })
  for (const { account, findings } of counted)
    add(account, {
      findings: new Map(findings.map(([control, unsolved, excepted]) => [control, { unsolved, excepted }])),
    })
  for (const { account, controls } of reported)
    add(account, { controls: new Map(controls.map(([control, failed, passed]) => [control, { failed, passed }])) })
  return account => known.get(account) ?? NOTHING
}

interface StoredStates {
  account: string
  readAt: Date
  /**
   * Of each check its id and the numbers of resources that passed, failed and were not shown: `id 1 2 3`, joined by
   * commas.
   */
  counts: string
  missing: Record<string, Unexamined[]> | null
}

function checkStates(ids: readonly string[], checks: readonly string[]): Promise<StoredStates[]> {
  return read<StoredStates>(
    sql`SELECT account_id AS account, max(read_at) AS "readAt",
        string_agg("check" || ' ' || passed || ' ' || failed || ' ' || unknown, ',') AS counts,
        json_object_agg("check", unexamined) FILTER (WHERE NOT whole) AS missing
      FROM check_state WHERE account_id = ANY(${[...ids]}::text[]) AND "check" = ANY(${[...checks]}::text[]) GROUP BY 1`,
  )
}

interface Counted {
  account: string
  findings: [control: string, unsolved: number, excepted: number][]
}

/** The findings of each control that are not resolved, from an index alone. */
function findingCounts(ids: readonly string[], controls: readonly string[]): Promise<Counted[]> {
  return read<Counted>(
    sql`WITH found AS (
        SELECT account_id, control, (count(*) FILTER (WHERE status IN (${unsolvedStatusSql})))::int AS unsolved,
          (count(*) FILTER (WHERE status IN ('accepted', 'false_positive')))::int AS excepted
        FROM finding WHERE account_id = ANY(${[...ids]}::text[]) AND control = ANY(${[...controls]}::text[]) AND class = 'posture'
          AND status <> 'resolved'
        GROUP BY 1, 2
      )
      SELECT account_id AS account, json_agg(json_build_array(control, unsolved, excepted)) AS findings FROM found GROUP BY 1`,
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
function reportedControls(ids: readonly string[], controls: readonly string[]): Promise<Reported[]> {
  const byId = new Map(controls.map(control => [control.toLowerCase(), control]))
  const names = [...controlsByName(controls)]
  const accounts = sql`${[...ids]}::text[]`
  return read<Reported>(
    sql`WITH named AS MATERIALIZED (
        SELECT * FROM unnest(${names.map(([name]) => name)}::text[], ${names.map(([, id]) => id)}::text[],
          ${names.map(([, id]) => byId.get(id) ?? id)}::text[]) AS n(name, id, control)
      ), unchecked AS MATERIALIZED (
        SELECT id FROM unnest(${accounts}) AS a(id) WHERE NOT EXISTS (SELECT FROM check_state s WHERE s.account_id = a.id)
      ), failing AS MATERIALIZED (
        SELECT r.account_id, n.id, n.control, r.source, r.product, r.failed, r.passed
        FROM control_result r JOIN named n ON n.name = r.control
        WHERE r.account_id = ANY(${accounts}) AND r.failed > 0
          AND (r.source = ${OWN_FEED} OR r.account_id <> ALL(ARRAY(SELECT id FROM unchecked)))
      ), lacking AS MATERIALIZED (
        SELECT account_id, control FROM (SELECT DISTINCT account_id, control FROM failing) AS p
        -- As a number: these are looked up one by one, instead of all findings being sorted.
        WHERE (SELECT count(*) FROM (SELECT FROM finding f WHERE f.account_id = p.account_id AND f.control = p.control
          AND f.class = 'posture' AND f.status <> 'resolved' LIMIT 1) AS one) = 0
      ), wanted AS (
        SELECT account_id, id, source, product, failed, passed FROM failing JOIN lacking USING (account_id, control)
        UNION ALL
        SELECT r.account_id, n.id, r.source, r.product, r.failed, r.passed FROM control_result r JOIN named n ON n.name = r.control
        WHERE r.account_id = ANY(ARRAY(SELECT id FROM unchecked)) AND r.source <> ${OWN_FEED}
      ), result AS (
        SELECT account_id, id, sum(failed)::int AS failed, sum(passed)::int AS passed
        FROM wanted GROUP BY account_id, id, source, product
      ), best AS (
        SELECT account_id, id, max(failed) AS failed, max(passed) AS passed FROM result GROUP BY 1, 2
      )
      SELECT account_id AS account, json_agg(json_build_array(id, failed, passed)) AS controls FROM best GROUP BY 1`,
  )
}
