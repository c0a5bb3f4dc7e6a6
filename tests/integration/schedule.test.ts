import { afterAll, afterEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { startSchedule } from '../../lib/jobs/schedule'
import { addFinding } from '../support/people'
import { at, newAccount } from './support-ingest'

let stop = async () => {}

afterEach(() => stop())
afterAll(closeDatabase)

const HOUR = 3_600_000
const patient = { timeout: 60_000, interval: 200 }

/** Names of the jobs in the queue, with the states of those that were sent. */
async function sent(): Promise<[string, string[]][]> {
  const { rows } = await pool().query<{ name: string; states: string[] }>(
    `SELECT s.name, array_agg(DISTINCT j.state::text) FILTER (WHERE j.state IS NOT NULL) AS states
     FROM jobs.schedule s LEFT JOIN jobs.job j ON j.name = s.name GROUP BY 1 ORDER BY 1`,
  )
  return rows.map(row => [row.name, row.states ?? []])
}

async function receiving(createdAt: Date, aliveAt: Date | null = null): Promise<number> {
  const { id } = await prisma().import.create({
    data: {
      aliveAt,
      state: 'receiving',
      origin: 'api',
      sha256: '',
      sizeBytes: 0,
      observedAt: createdAt,
      createdAt,
      actorKind: 'token',
      actorId: 'collector',
      actorName: 'Collector',
    },
  })
  return id
}

async function gone(finishedAt: Date): Promise<number> {
  const id = await receiving(finishedAt)
  await pool().query(`UPDATE import SET state = 'done', finished_at = $2 WHERE id = $1`, [id, finishedAt])
  await prisma().importChunk.create({ data: { importId: id, start: 0n, length: 1, deflated: new Uint8Array(1) } })
  return id
}

test('every job runs at the start, and does its pending work', { timeout: 120_000 }, async () => {
  setClock(() => at(20, 3))
  const before = (hours: number) => new Date(at(20, 3).getTime() - hours * HOUR)
  const account = newAccount()
  await prisma().account.create({ data: { id: account } })
  const late = await addFinding(account, { dueAt: before(1), team: 'cit', firstImportId: 0 })
  const soon = await addFinding(account, { dueAt: before(-1), ownerId: crypto.randomUUID() })
  // By the database's clock.
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  const abandoned = [await receiving(ago(4)), await receiving(ago(300), ago(4))]
  const arriving = [await receiving(ago(1)), await receiving(ago(300), ago(1))]
  const [old, kept] = [await gone(before(400 * 24 + 1)), await gone(before(400 * 24 - 1))]
  const schedule = await startSchedule()
  stop = schedule.stop
  const names = [
    'attention',
    'audit-stream',
    'audit-throttle',
    'control-counts',
    'control-severity',
    'drop-abandoned-uploads',
    'drop-loose-files',
    'due-dates',
    'end-sessions',
    'exceptions',
    'known-exploited',
    'mark-overdue',
    'retention',
    'routing',
    'seal-history',
    'snapshot',
    'unowned',
  ]
  await expect.poll(sent, patient).toEqual(names.map(name => [name, ['completed']]))

  const findings = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { dueAt: 'asc' } })
  expect(findings).toMatchObject([
    // Unowned for longer than a week: it went to the team of the account.
    { id: late.id, overdue: true, team: 'sre', teamBy: 'left' },
    { id: soon.id, overdue: false, team: 'sre', teamBy: 'routing' },
  ])
  // An upload of which no server has said for three minutes that it goes on is forgotten.
  const uploads = await prisma().import.findMany({ where: { state: 'receiving' }, orderBy: { id: 'asc' } })
  expect(uploads.map(upload => upload.id)).toEqual(arriving)
  expect(await prisma().import.count({ where: { id: { in: abandoned } } })).toBe(0)
  const chunks = await prisma().importChunk.findMany({ where: { importId: { in: [old, kept] } } })
  expect(chunks.map(chunk => chunk.importId)).toEqual([kept])
  expect(await prisma().snapshot.findMany({ where: { accountId: account } })).toMatchObject([
    { day: new Date('2026-06-20'), medium: 0, high: 2 },
  ])
})

test('each job has its time, in the zone of the organisation', async () => {
  stop = (await startSchedule()).stop
  const { rows } = await pool().query(`SELECT name, cron, timezone FROM jobs.schedule ORDER BY name`)
  expect(rows.every(row => row.timezone === 'Asia/Tokyo')).toBe(true)
  const times = Object.fromEntries(rows.map(row => [row.name, row.cron.split(' ').slice(0, 2).join(' ')]))
  const minutely = [
    'audit-stream',
    'audit-throttle',
    'control-counts',
    'control-severity',
    'drop-abandoned-uploads',
    'drop-loose-files',
    'due-dates',
    'exceptions',
    'mark-overdue',
    'routing',
    'seal-history',
  ]
  for (const name of minutely) expect(times[name]).toBe('* *')
  expect(times.snapshot).toMatch(/^\d+ \*$/)
  for (const name of ['attention', 'known-exploited', 'retention', 'unowned'])
    expect(times[name]).toMatch(/^\d+ [2-5]$/)
})
