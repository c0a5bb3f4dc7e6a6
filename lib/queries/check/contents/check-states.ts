import 'server-only'
import { CheckRecord } from '../../../domain/checks/record'
import { ExaminedLine } from '../../../domain/collection/lines'
import { Prisma } from '../../../generated/prisma/client'
import { keptSql, payloadIdSql } from '../../../sql/imports/payload'
import { inflatePiece } from '../../../sql/imports/stored-payloads'
import { read } from '../../../sql/read'
import type { Differences } from '../differences'

const { raw, sql } = Prisma

/** What is stored of a check in an account. */
interface StoredState {
  check: string
  regions: string[]
  whole: boolean
  passed: number
  failed: number
  unknown: number
}

/**
 * Compares what is stored of Hinomi's own checks with the records of the report that said so, where it is still kept: the numbers of
 * resources that passed, failed or were not shown, and the Regions. Reads outside the snapshot, as reports never change.
 */
export async function checkStates(differences: Differences): Promise<void> {
  const reports = await read<{ account: string; importId: number; payload: number }>(
    sql`SELECT s.account_id AS account, s.import_id AS "importId", ${raw(payloadIdSql('i'))} AS payload
      FROM (SELECT DISTINCT account_id, import_id FROM check_state) AS s JOIN import i ON i.id = s.import_id
      WHERE i.state = 'done' AND ${raw(keptSql('i'))} ORDER BY 1, 2`,
  )
  for (const { account, importId, payload } of reports) {
    const [stored, lines] = await Promise.all([
      read<StoredState>(
        sql`SELECT "check", regions, whole, passed, failed, unknown FROM check_state
          WHERE account_id = ${account} AND import_id = ${importId}`,
      ),
      linesOf(payload),
    ])
    const recomputed = statesOf(account, lines)
    for (const state of stored) {
      const found = recomputed.get(state.check)
      differences.compare('checkState', `${account} ${state.check}`, textOf(state), found ? textOf(found) : null)
    }
  }
}

function textOf({ regions, whole, passed, failed, unknown }: Omit<StoredState, 'check'>): string {
  return `${passed} passed, ${failed} failed, ${unknown} unknown, ${whole ? 'whole' : 'partly'} ${regions.join(' ')}`.trim()
}

/** The states that the lines of a report say of an account. */
function statesOf(account: string, lines: readonly unknown[]): Map<string, StoredState> {
  const resources = new Map<string, Set<string>>()
  const states = new Map<string, StoredState>()
  for (const line of lines) {
    const record = CheckRecord.safeParse(line).data
    if (record?.account === account) {
      const key = `${record.check} ${record.result}`
      resources.set(key, (resources.get(key) ?? new Set()).add(record.resource.id))
    }
    const examined = ExaminedLine.safeParse(line).data
    // Of two lines of a check the first counts.
    if (examined?.account !== account || states.has(examined.check)) continue
    const { check, regions, unexamined } = examined
    const none = { passed: 0, failed: 0, unknown: 0 }
    states.set(check, { check, regions: regions ?? [], whole: unexamined.length === 0, ...none })
  }
  const count = (check: string, result: CheckRecord['result']) => resources.get(`${check} ${result}`)?.size ?? 0
  for (const state of states.values()) {
    state.passed = count(state.check, 'passed')
    state.failed = count(state.check, 'failed')
    state.unknown = count(state.check, 'not_available')
  }
  return states
}

/** The lines of a stored report. */
async function linesOf(importId: number): Promise<unknown[]> {
  const pieces = await read<{ length: number; deflated: Buffer }>(
    sql`SELECT length, deflated FROM import_chunk WHERE import_id = ${importId} ORDER BY start`,
  )
  // A broken piece is reported by checkPayloads.
  const bytes = await Promise.all(pieces.map(piece => inflatePiece(piece).catch(() => Buffer.alloc(0))))
  return Buffer.concat(bytes)
    .toString('utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
}
