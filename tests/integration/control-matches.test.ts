import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { controlMatches } from '../../lib/sql/findings/control-matches'

const SEVERE = 5
const MEDIUM = 3

beforeEach(async () => {
  await pool().query('TRUNCATE control_delta')
})
afterAll(closeDatabase)

async function open(control: string, severity: number, n: number): Promise<void> {
  await pool().query('INSERT INTO control_delta (control, team, severity, n) VALUES ($1, $2, $3, $4)', [
    control,
    'sre',
    severity,
    n,
  ])
}

/** The controls of each scan with its severity, and whether it reads all of them and sorts them. */
async function scans(controls: readonly string[]) {
  const matches = await controlMatches(controls, { open: true })
  return matches.map(({ condition, few }) => ({ values: condition.values, few }))
}

test('a severity is scanned for the controls that have findings of it, and for no others', async () => {
  await open('S3.2', SEVERE, 4000)
  await open('EC2.19', SEVERE, 4000)
  await open('S3.5', MEDIUM, 100)
  await open('S3.9', MEDIUM, 100)
  await open('S3.9', MEDIUM, -100)
  await open('RDS.3', MEDIUM, 40_000)
  expect(await scans(['S3.2', 'S3.5', 'S3.9', 'EC2.19', 'IAM.3'])).toEqual(
    expect.arrayContaining([
      { values: [['EC2.19', 'S3.2'], SEVERE], few: false },
      { values: ['S3.5', MEDIUM], few: true },
    ]),
  )
  expect(await scans(['S3.2', 'S3.5', 'S3.9', 'EC2.19', 'IAM.3'])).toHaveLength(2)
})

test('controls with more findings than a page reads, and few of their severity, are scanned one by one in order', async () => {
  await open('RDS.3', MEDIUM, 100_000)
  await open('S3.5', MEDIUM, 4000)
  await open('S3.9', MEDIUM, 3000)
  expect(await scans(['S3.5', 'S3.9'])).toEqual(
    expect.arrayContaining([
      { values: ['S3.5', MEDIUM], few: false },
      { values: ['S3.9', MEDIUM], few: false },
    ]),
  )
})
