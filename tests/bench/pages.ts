import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { memberGrant } from '../../lib/access/grant'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { closeDatabase, pool } from '../../lib/db'
import { KeyFilter } from '../../lib/domain/access-keys/filter'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { CoverageFilter } from '../../lib/domain/collection/coverage'
import { FindingFilter, type FindingGrouping } from '../../lib/domain/findings/filter'
import { StandardFilter } from '../../lib/domain/standard/filter'
import { standardRows } from '../../lib/domain/standard/rows'
import { EntranceFilter } from '../../lib/domain/waf/filter'
import { listKeys } from '../../lib/queries/access-keys/keys'
import { keyDays, keyProgress } from '../../lib/queries/access-keys/progress'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { listCoverage } from '../../lib/queries/collection/coverage'
import { listDeliveries } from '../../lib/queries/events/delivery'
import { listSignals } from '../../lib/queries/feeds/signals'
import { listSources } from '../../lib/queries/feeds/sources'
import { groupFindings } from '../../lib/queries/findings/groups/groups'
import { listFindings } from '../../lib/queries/findings/list'
import { getHome } from '../../lib/queries/home/home'
import { listAssignable } from '../../lib/queries/people/assignable-members'
import { listAccountNames } from '../../lib/queries/people/members'
import { getResource } from '../../lib/queries/resources/resource'
import { listControls, searchEverywhere } from '../../lib/queries/search'
import { listCheckResults } from '../../lib/queries/standard/check'
import { listStandard, standardSummary } from '../../lib/queries/standard/matrix'
import { listEntrances } from '../../lib/queries/waf/entrances'
import { getLadder } from '../../lib/queries/waf/ladder'
import { getProtection } from '../../lib/queries/waf/protection'
import { csirt, sre } from '../support/teams'
import { fillCollected } from './collected'
import { benchAccount, benchResource } from './generate'

/**
 * Rounds of readings of each page; of several rounds the middle one counts. A page of a millisecond is doubled by anything that the
 * machine does beside it for a moment.
 */
const RUNS = { alone: { rounds: 5, readings: 100 }, importing: { rounds: 1, readings: 60 } }

export interface PageTime {
  page: string
  p50: number
  p95: number
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
  await fillCollected()
  await checkpoint()
  return owner
}

/** Has written what the imports left to be: that is no part of the pages. Only the superuser may. */
async function checkpoint(): Promise<void> {
  const client = new Client({ connectionString: process.env.BENCH_ADMIN_URL })
  await client.connect()
  await client.query('CHECKPOINT')
  await client.end()
}

async function time(page: string, when: keyof typeof RUNS, read: (n: number) => Promise<unknown>): Promise<PageTime> {
  const { rounds, readings } = RUNS[when]
  await read(0)
  const p50: number[] = []
  const p95: number[] = []
  for (let round = 0; round < rounds; round++) {
    const times: number[] = []
    for (let n = 0; n < readings; n++) {
      const started = performance.now()
      await read(n)
      times.push(performance.now() - started)
    }
    p50.push(quantile(times, 0.5))
    p95.push(quantile(times, 0.95))
  }
  return { page, p50: quantile(p50, 0.5), p95: quantile(p95, 0.5) }
}

function quantile(values: readonly number[], share: number): number {
  const inOrder = values.toSorted((a, b) => a - b)
  return inOrder[Math.floor(inOrder.length * share)] ?? 0
}

/** Sequential scans of findings so far. A connection reports its own when it ends, so that all of them end first. */
async function sequentialScans(): Promise<number> {
  await closeDatabase()
  const { rows } = await pool().query(`SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'finding'`)
  return Number(rows[0].seq_scan)
}

/** Times what each page reads, for a lead who sees every account, and counts the sequential scans of findings in all of it. */
export async function timePages(
  accounts: number,
  owner: string,
  when: keyof typeof RUNS,
): Promise<{ times: PageTime[]; scans: number }> {
  const member = {
    id: owner,
    name: 'Bench',
    email: 'bench@example.com',
    role: 'lead',
    teams: ['sre'],
    accounts: 'all',
  } as const
  const access = prove(memberGrant({ ...member, teams: [...member.teams] }, null), permissionsOf('lead'))
  const list = (filter: object, cursor: string | null = null) => findingsPage(access, filter, cursor)
  const groups = (filter: object, by: FindingGrouping) => groupFindings(access, FindingFilter.parse(filter), by, null)
  const { next: second, rows: known } = await list({})
  const someOf = (n: number) => known[n % known.length]
  const controls = ['S3.2', 'IAM.5', 'EC2.19', 'RDS.3']
  const texts = ['IMDSv2', benchResource(4711), 'bucket', 'EC2.19', 'nothing-like-this']
  const categories = ['encryption', 'exposure', 'resilience', 'saas']
  const described = ['AwsKmsKey', 'default of the account', 'MFA', 'Service=service-41', 'EBS']
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
    ['unassigned findings', () => list({ owner: ['none'] })],
    ['findings by status', n => list({ status: [n % 2 ? 'resolved' : 'new'] })],
    ['findings of a source', n => list({ source: [n % 2 ? 'prowler' : 'security-hub'] })],
    ['findings of a control', n => list({ control: [controls[n % controls.length]] })],
    ['overdue findings', () => list({ overdue: true })],
    ['findings by text', n => list({ text: texts[n % texts.length] })],
    ['findings by description', n => list({ text: described[n % described.length] })],
    ['findings by two characters', n => list({ text: n % 2 ? '請求' : '漏洩' })],
    ['findings of a category', n => list({ category: [categories[n % categories.length]] })],
    ['findings of a framework', n => list({ framework: [n % 2 ? 'fsbp' : 'cis-3.0.0'] })],
    ['findings of a tag', n => list({ tag: [n % 2 ? `Service=service-${n % 70}` : 'CostCenter'] })],
    ['findings of a package', () => list({ package: ['openssl'] })],
    ['findings of a resource', n => list({ resource: [someOf(n)?.resourceId] })],
    [
      'resource page',
      n => getResource(access, someOf(n)?.accountId ?? '', { resource: someOf(n)?.resourceId ?? '', region: null }),
    ],
    ['findings by Region', () => groups({}, 'regions')],
    ['findings by Region, of an account', n => groups({ account: [benchAccount(n % accounts)] }, 'regions')],
    ['findings by control', () => groups({}, 'control')],
    ['findings by control, of a severity', () => groups({ severity: ['critical'] }, 'control')],
    ['findings by account', () => groups({}, 'account')],
    ['findings by owner', () => groups({}, 'owner')],
    ['findings no longer reported', () => list({ unconfirmed: true })],
    ['account page', n => getAccount(access, benchAccount(n % accounts))],
    ['accounts', () => listAccounts(access, AccountFilter.parse({}), { cursor: null, limit: 100 })],
    ['home', n => getHome(access, n % 2 ? sre : csirt)],
    ['search of the palette', n => searchEverywhere(access, texts[n % texts.length] ?? '')],
    ...(when === 'alone' ? collectedPages(access) : []),
  ]
  const before = await sequentialScans()
  const times: PageTime[] = []
  for (const [page, read] of cases) times.push(await time(page, when, read))
  return { times, scans: (await sequentialScans()) - before }
}

/** What the pages of read accounts ask for, each in one reading as its sections do: 100 accounts with 17 Regions. */
function collectedPages(access: Access<'findings:read'>): [string, () => Promise<unknown>][] {
  const first = { cursor: null, limit: 100 }
  const entrances = EntranceFilter.parse({})
  return [
    ['standard', () => listStandard(access, StandardFilter.parse({}), first)],
    ['published standard', () => standardSummary(access)],
    ...standardRows
      .filter(({ id }) => id === 'guardduty')
      .map((row): [string, () => Promise<unknown>] => [
        'check of the standard',
        () => listCheckResults(access, row, { ...first, states: [] }),
      ]),
    [
      'WAF',
      () => Promise.all([getLadder(access, entrances), listEntrances(access, entrances, first), getProtection(access)]),
    ],
    [
      'access keys',
      () => Promise.all([keyProgress(access), keyDays(access), listKeys(access, KeyFilter.parse({}), first)]),
    ],
    ['sources', () => Promise.all([listSources(access), listDeliveries(access), listSignals(access)])],
    ['coverage', () => listCoverage(access, CoverageFilter.parse({}), null)],
  ]
}

/** All that the page of findings reads: the list, and what its filters offer. */
async function findingsPage(access: Access<'findings:read'>, filter: object, cursor: string | null) {
  const [page] = await Promise.all([
    listFindings(access, FindingFilter.parse(filter), { cursor, limit: 50 }),
    listAccountNames(access),
    listAssignable(access, []),
    listControls(access),
  ])
  return page
}
