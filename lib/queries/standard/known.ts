import 'server-only'
import { OWN_FEED } from '../../domain/collection/collectors'
import type { Unexamined } from '../../domain/collection/lines'
import { controlsByName } from '../../domain/standard/names'
import { standardRows } from '../../domain/standard/rows'
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
 * one. The caller limits the accounts.
 */
export async function knownOf(ids: readonly string[]): Promise<(account: string) => KnownOfAccount> {
  const [states, reported] = await Promise.all([checkStates(ids), reportedControls(ids)])
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
  for (const { account, controls, findings } of reported) {
    known.set(account, {
      ...(known.get(account) ?? NOTHING),
      controls: new Map((controls ?? []).map(([control, failed, passed]) => [control, { failed, passed }])),
      findings: new Map((findings ?? []).map(([control, unsolved, excepted]) => [control, { unsolved, excepted }])),
    })
  }
  return account => known.get(account) ?? NOTHING
}

const checks = [...new Set(standardRows.flatMap(row => row.checks))]

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

function checkStates(ids: readonly string[]): Promise<StoredStates[]> {
  return read<StoredStates>(
    sql`SELECT account_id AS account, max(read_at) AS "readAt",
        string_agg("check" || ' ' || passed || ' ' || failed || ' ' || unknown, ',') AS counts,
        json_object_agg("check", unexamined) FILTER (WHERE NOT whole) AS missing
      FROM check_state WHERE account_id = ANY(${[...ids]}::text[]) AND "check" = ANY(${checks}::text[]) GROUP BY 1`,
  )
}

const controls = [...new Set(standardRows.flatMap(row => row.controls))]

interface Reported {
  account: string
  controls: [control: string, failed: number, passed: number][] | null
  findings: [control: string, unsolved: number, excepted: number][] | null
}

/**
 * The findings of each control that are not resolved, and the results of controls where these decide: of accounts that
 * Hinomi has not checked, and failures without a finding. Of several tools the one that counts most: they look at the
 * same resources.
 */
function reportedControls(ids: readonly string[]): Promise<Reported[]> {
  const names = [...controlsByName()]
  const accounts = sql`${[...ids]}::text[]`
  return read<Reported>(
    sql`WITH found AS MATERIALIZED (
        SELECT account_id, control, (count(*) FILTER (WHERE status IN (${unsolvedStatusSql})))::int AS unsolved,
          (count(*) FILTER (WHERE status IN ('accepted', 'false_positive')))::int AS excepted
        FROM finding WHERE account_id = ANY(${accounts}) AND control = ANY(${controls}::text[]) AND class = 'posture'
          AND status <> 'resolved'
        GROUP BY 1, 2
      ), named AS MATERIALIZED (
        SELECT * FROM unnest(${names.map(([name]) => name)}::text[], ${names.map(([, id]) => id)}::text[]) AS n(name, id)
      ), unchecked AS MATERIALIZED (
        SELECT id FROM unnest(${accounts}) AS a(id) WHERE NOT EXISTS (SELECT FROM check_state s WHERE s.account_id = a.id)
      ), wanted AS MATERIALIZED (
        SELECT account_id, control, source, product, failed, passed FROM control_result
        WHERE account_id = ANY(${accounts}) AND (failed > 0 AND (account_id, control) NOT IN (SELECT account_id, control FROM found) OR source <> ${OWN_FEED}
          AND account_id IN (SELECT id FROM unchecked))
      ), result AS (
        SELECT r.account_id, n.id, sum(r.failed)::int AS failed, sum(r.passed)::int AS passed
        FROM wanted r JOIN named n ON n.name = r.control
          LEFT JOIN found f ON f.account_id = r.account_id AND lower(f.control) = n.id
        WHERE f.control IS NULL OR r.source <> ${OWN_FEED}
          AND r.account_id IN (SELECT id FROM unchecked)
        GROUP BY r.account_id, n.id, r.source, r.product
      ), best AS (
        SELECT account_id, id, max(failed) AS failed, max(passed) AS passed FROM result GROUP BY 1, 2
      ), by_control AS (
        SELECT account_id, json_agg(json_build_array(id, failed, passed)) AS controls FROM best GROUP BY 1
      ), by_finding AS (
        SELECT account_id, json_agg(json_build_array(control, unsolved, excepted)) AS findings FROM found GROUP BY 1
      )
      SELECT account_id AS account, c.controls, f.findings FROM by_control c FULL JOIN by_finding f USING (account_id)`,
  )
}
