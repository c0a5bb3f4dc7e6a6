import pg from 'pg'
import { prisma } from '../../lib/db'
import { migrate } from '../launch/migrate.mjs'

const MARK = 'demo'
// Any fixed number that no other program uses as an advisory lock in this database.
const LOCK = 4_866_647

export class NotADemo extends Error {}

/** Runs `work` while no other start fills the same database. */
export async function whileNobodyFills<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    return await work()
  } finally {
    await client.end()
  }
}

/** The progress of an earlier start. Throws NotADemo if the database contains other data. */
export async function demoState(): Promise<'empty' | 'begun' | 'done'> {
  const mark = await prisma().setting.findUnique({ where: { key: MARK } })
  if (mark) return mark.value === 'done' ? 'done' : 'begun'
  const [members, accounts, imports] = await Promise.all([
    prisma().member.count(),
    prisma().account.count(),
    prisma().import.count(),
  ])
  if (members + accounts + imports === 0) return 'empty'
  throw new NotADemo(
    'This database is in use and holds no demo. Start the demo without DATABASE_URL, or with an empty one.',
  )
}

/** Stores the progress of the filling, before its first row, so that a later start recognizes it. */
export async function markDemo(value: 'begun' | 'done'): Promise<void> {
  await prisma().setting.upsert({ where: { key: MARK }, create: { key: MARK, value }, update: { value } })
}

/**
 * Empties a database whose filling was interrupted. History cannot be deleted row by row, so its schemas are dropped.
 */
export async function recreate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('drop schema if exists jobs cascade; drop schema public cascade; create schema public')
  } finally {
    await client.end()
  }
  await migrate(url)
}
