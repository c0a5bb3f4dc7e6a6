import { randomUUID } from 'node:crypto'
import { jobAccess } from '../../lib/access/job'
import { pool } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/account-filter'
import { FindingFilter } from '../../lib/domain/finding-filter'
import { getAccount } from '../../lib/queries/account'
import { listAccounts } from '../../lib/queries/accounts'
import { listFindings } from '../../lib/queries/findings'
import { getHome } from '../../lib/queries/home'
import { benchAccount, benchResource } from './generate'

const access = jobAccess('bench')
const RUNS = 60

export interface PageTime {
  page: string
  p50: number
  p95: number
  sequentialScans: number
}

/** Gives some findings an owner, a closed state and a past due date, as an organisation at work has them. */
export async function settleIn(): Promise<string> {
  const owner = randomUUID()
  await pool().query(
    `INSERT INTO member (id, email, name, role, teams) VALUES ($1, $2, 'Bench', 'lead', '{sre}') ON CONFLICT DO NOTHING`,
    [owner, `bench-${owner}@example.com`],
  )
  await pool().query(`UPDATE finding SET owner_id = $1 WHERE ('x' || substr(id::text, 1, 2))::bit(8)::int < 40`, [
    owner,
  ])
  await pool().query(
    `UPDATE finding SET status = 'resolved', resolved_at = now(), resolved_reason = 'hand' WHERE ('x' || substr(id::text, 1, 2))::bit(8)::int > 230`,
  )
  await pool().query(
    `UPDATE finding SET overdue = true WHERE status = 'new' AND ('x' || substr(id::text, 3, 2))::bit(8)::int < 25`,
  )
  await pool().query(`UPDATE account SET environment = 'production' WHERE id < $1`, [benchAccount(40)])
  await pool().query('VACUUM ANALYZE')
  return owner
}

async function time(page: string, read: (n: number) => Promise<unknown>): Promise<PageTime> {
  const scans = async () => {
    await pool().query('SELECT pg_stat_force_next_flush()')
    const { rows } = await pool().query(`SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'finding'`)
    return Number(rows[0].seq_scan)
  }
  await read(0)
  await new Promise(resolve => setTimeout(resolve, 1100))
  const before = await scans()
  const times: number[] = []
  for (let n = 0; n < RUNS; n++) {
    const started = performance.now()
    await read(n)
    times.push(performance.now() - started)
  }
  // Statistics of other connections arrive within a second.
  await new Promise(resolve => setTimeout(resolve, 1100))
  times.sort((a, b) => a - b)
  return {
    page,
    p50: times[Math.floor(RUNS * 0.5)] ?? 0,
    p95: times[Math.floor(RUNS * 0.95)] ?? 0,
    sequentialScans: (await scans()) - before,
  }
}

export async function timePages(accounts: number, owner: string): Promise<PageTime[]> {
  const list = (filter: object, cursor: string | null = null) =>
    listFindings(access, FindingFilter.parse(filter), { cursor, limit: 50 })
  const second = (await list({})).next
  const controls = ['S3.2', 'IAM.5', 'EC2.19', 'RDS.3']
  const texts = ['IMDSv2', benchResource(4711), 'bucket', 'EC2.19', 'nothing-like-this']
  const cases: [string, (n: number) => Promise<unknown>][] = [
    ['findings', () => list({})],
    ['findings, second page', () => list({}, second)],
    ['findings by due date', () => list({ sort: 'due' })],
    ['findings, newest', () => list({ sort: 'newest' })],
    ['findings of an account', n => list({ account: [benchAccount(n % accounts)] })],
    ['findings of an environment', () => list({ environment: ['production'] })],
    ['findings of a team', n => list({ team: [n % 2 ? 'cit' : 'csirt'] })],
    ['findings of a severity', n => list({ severity: [n % 2 ? 'low' : 'critical'] })],
    ['findings of an owner', () => list({ owner: [owner] })],
    ["nobody's findings", () => list({ owner: ['none'] })],
    ['findings by status', n => list({ status: [n % 2 ? 'resolved' : 'new'] })],
    ['findings of a source', n => list({ source: [n % 2 ? 'prowler' : 'security-hub'] })],
    ['findings of a control', n => list({ control: [controls[n % controls.length]] })],
    ['overdue findings', () => list({ overdue: true })],
    ['findings by text', n => list({ text: texts[n % texts.length] })],
    ['account page', n => getAccount(access, benchAccount(n % accounts))],
    ['accounts', () => listAccounts(access, AccountFilter.parse({}))],
    ['home', n => getHome(access, n % 2 ? 'sre' : 'csirt')],
  ]
  const times: PageTime[] = []
  for (const [page, read] of cases) times.push(await time(page, read))
  return times
}
