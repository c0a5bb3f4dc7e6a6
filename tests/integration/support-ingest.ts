import { expect } from 'vitest'
import type { Access } from '../../lib/access/proof'
import { setClock } from '../../lib/clock'
import { pool, prisma } from '../../lib/db'
import { putControlTable, shippedControlTable, toControlTable } from '../../lib/domain/controls/table'
import { findingIdOf } from '../../lib/domain/identity/identity'
import type { Permission } from '../../lib/domain/people/role'
import { type ReceiveOptions, receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { outcomesOf } from '../../lib/sources/registry'
import { jobAccess } from '../support/job'

export const job = jobAccess('test')

// Records of these tests state the severity that the rule under test needs. Where the severities of controls are the
// subject, a test calls putControlTable(shippedControlTable).
export const unratedControlTable = toControlTable(shippedControlTable.controls.map(row => ({ ...row, severity: null })))
putControlTable(unratedControlTable)

/** An instant of June 2026, the month of these tests. */
export function at(day: number, hour = 0, minute = 0): Date {
  return new Date(Date.UTC(2026, 5, day, hour, minute))
}

/** All orders in which three reports may arrive. */
export const ordersOfThree = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
]

let accounts = 100_000_000_000

/** An account that no other test of the file uses, so that no cleanup is needed. */
export function newAccount(): string {
  accounts += 1
  return String(accounts)
}

export interface RecordParts {
  account: string
  control?: string
  resource?: string
  id?: string
  region?: string
  status?: 'FAILED' | 'PASSED' | 'NOT_AVAILABLE'
  severity?: string
  title?: string
  description?: string
  type?: string
  product?: string
  archived?: boolean
  suppressed?: boolean
  /** Null: the record has no time. */
  updatedAt?: Date | null
}

/** One posture finding of Security Hub in ASFF. Its id is derived from account, control and resource. */
export function asff(parts: RecordParts): Record<string, unknown> {
  const { account, control = 'S3.2', resource = 'bucket', region = 'us-east-1', product = 'Security Hub' } = parts
  const updatedAt = parts.updatedAt === undefined ? at(1) : parts.updatedAt
  return {
    SchemaVersion: '2018-10-08',
    Id: parts.id ?? `arn:aws:securityhub:${region}:${account}:${product}/${control}/${resource}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: product,
    Region: region,
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    ...(updatedAt ? { UpdatedAt: updatedAt.toISOString() } : {}),
    Severity: { Label: parts.severity ?? 'MEDIUM' },
    Title: parts.title ?? `${control} should hold`,
    Description: parts.description ?? 'What the control checks',
    Resources: [{ Type: parts.type ?? 'AwsS3Bucket', Id: `arn:aws:s3:::${resource}` }],
    Compliance: { Status: parts.status ?? 'FAILED', SecurityControlId: control },
    Workflow: { Status: parts.suppressed ? 'SUPPRESSED' : 'NEW' },
    RecordState: parts.archived ? 'ARCHIVED' : 'ACTIVE',
  }
}

/** The same result from Prowler in OCSF: a posture finding with the same identity from another source. */
export function prowler(parts: RecordParts): Record<string, unknown> {
  const { account, control = 'S3.2', resource = 'bucket', region = 'us-east-1' } = parts
  const updatedAt = parts.updatedAt === undefined ? at(1) : parts.updatedAt
  return {
    class_uid: 2004,
    metadata: { product: { name: 'Prowler', uid: 'prowler' }, event_code: control },
    finding_info: { uid: parts.id ?? `prowler-${account}-${control}-${resource}`, title: parts.title ?? control },
    ...(updatedAt ? { time_dt: updatedAt.toISOString() } : {}),
    severity: parts.severity ?? 'Medium',
    severity_id: 99,
    status: 'New',
    status_code: { FAILED: 'FAIL', PASSED: 'PASS', NOT_AVAILABLE: 'MANUAL' }[parts.status ?? 'FAILED'],
    cloud: { account: { uid: account }, provider: 'aws', region },
    resources: [{ uid: `arn:aws:s3:::${resource}`, type: parts.type ?? 'AwsS3Bucket', region }],
  }
}

export type Options = Partial<ReceiveOptions> & { access?: Access<Permission> }

export async function* bytesOf(...pieces: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece)
}

/** Stores a report and queues it. The clock is set to an hour after the report, or to late June. */
export async function receive(report: unknown[] | string | Uint8Array, { access = job, ...options }: Options = {}) {
  const observedAt = options.observedAt ?? null
  setClock(() => (observedAt ? new Date(observedAt.getTime() + 3_600_000) : at(28)))
  const body = Array.isArray(report) ? JSON.stringify(report) : report
  return receiveImport(access, bytesOf(body), {
    source: null,
    coverage: 'partial',
    // What a collector wrote comes from Hinomi itself.
    origin: typeof body === 'string' && body.startsWith('{"collection":') ? 'collector' : 'api',
    fileName: null,
    force: true,
    ...options,
    observedAt,
  })
}

/** Feeds a report through the whole pipeline and returns the finished import. */
export async function ingest(report: unknown[] | string | Uint8Array, options: Options = {}) {
  const { id } = await receive(report, options)
  await runImport(job, id)
  return importOf(id)
}

export function complete(report: unknown[] | string, observedAt: Date | null, options: Options = {}) {
  return ingest(report, { ...options, coverage: 'complete', observedAt })
}

export function partial(report: unknown[] | string, observedAt: Date | null, options: Options = {}) {
  return ingest(report, { ...options, coverage: 'partial', observedAt })
}

export async function importOf(id: number) {
  return prisma().import.findUniqueOrThrow({ where: { id } })
}

/** Reasons of the refused records by their position in the document. */
export async function rejectsOf(importId: number): Promise<Record<number, string>> {
  const rows = await prisma().importReject.findMany({ where: { importId } })
  return Object.fromEntries(rows.map(row => [row.index, row.code]))
}

/** The stored finding of a record; null if there is none. */
export async function findingOf(record: Record<string, unknown>) {
  const [outcome] = outcomesOf(record, { now: new Date('2027-01-01') })
  if (!outcome) throw new Error('the record says nothing')
  return prisma().finding.findFirst({ where: { accountId: outcome.accountId, id: uuid(findingIdOf(outcome)) } })
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Events of a finding's history after its creation, oldest first. */
export async function historyOf(record: Record<string, unknown>) {
  const finding = await findingOf(record)
  const events = await prisma().findingEvent.findMany({
    where: { findingId: finding?.id ?? '', accountId: finding?.accountId ?? '', kind: { not: 'created' } },
    orderBy: { id: 'asc' },
  })
  return events.map(({ kind, before, after }) => [kind, before, after])
}

/** All rows that imports write, except the imports themselves. */
export async function everything(): Promise<Record<string, unknown[]>> {
  const tables = ['account', 'finding', 'sighting', 'control_result', 'finding_count', 'control_title', 'finding_event']
  const contents: Record<string, unknown[]> = {}
  for (const table of tables) {
    const { rows } = await pool().query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)
    contents[table] = rows.map(({ row }) => row)
  }
  return contents
}

/** The same without the time at which each sighting was last reported, which only partial reports update. */
export async function everythingButTimes(): Promise<Record<string, unknown[]>> {
  const { sighting = [], ...rest } = await everything()
  return { ...rest, sighting: sighting.map(row => ({ ...(row as object), observed_at: null })) }
}

/** Expects that the counts maintained by triggers match a recount. */
export async function expectTrueCounts(): Promise<void> {
  const findings = await pool().query(`SELECT * FROM finding_count c FULL JOIN (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity,
        overdue, count(*) AS m FROM finding GROUP BY 1, 2, 3, 4, 5, 6
    ) f USING (account_id, team, owner_key, status, severity, overdue) WHERE coalesce(c.n, 0) <> coalesce(f.m, 0)`)
  expect(findings.rows).toEqual([])
  const open =
    await pool().query(`SELECT * FROM (SELECT control, team, severity, sum(n) AS n FROM control_delta GROUP BY 1, 2, 3) AS c
    FULL JOIN (SELECT control, team, severity, count(*) AS m FROM finding
      WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3) AS f
    USING (control, team, severity) WHERE coalesce(c.n, 0) <> coalesce(f.m, 0)`)
  expect(open.rows).toEqual([])
  const sources = await pool().query(`SELECT * FROM source_count c FULL JOIN (
      SELECT account_id, s.source, severity, status = 'new' AS unread, count(*) AS m FROM finding f, unnest(f.sources) AS s(source)
      WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3, 4
    ) f USING (account_id, source, severity, unread) WHERE coalesce(c.n, 0) <> coalesce(f.m, 0)`)
  expect(sources.rows).toEqual([])
  const controls = await pool().query(`SELECT * FROM control_result c FULL JOIN (
      SELECT account_id, source, product, control, severity, count(*) FILTER (WHERE result = 'passed') AS p,
        count(*) FILTER (WHERE result IN ('failed', 'suppressed')) AS f, count(*) FILTER (WHERE result = 'not_available') AS n
      FROM sighting WHERE present AND class = 'posture' GROUP BY 1, 2, 3, 4, 5
    ) s USING (account_id, source, product, control, severity)
    WHERE coalesce(c.passed, 0) <> coalesce(s.p, 0) OR coalesce(c.failed, 0) <> coalesce(s.f, 0)
      OR coalesce(c.not_available, 0) <> coalesce(s.n, 0)`)
  expect(controls.rows).toEqual([])
}

/** Lets complete reports resolve any number of findings without confirmation. */
export async function allowClosings(): Promise<void> {
  await pool().query(
    `INSERT INTO setting (key, value) VALUES ('closing-limit', '{"number": 1000000, "share": 100}') ON CONFLICT (key) DO NOTHING`,
  )
}
