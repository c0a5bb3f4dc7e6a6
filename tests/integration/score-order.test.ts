import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { accessFor } from '../support/organisation'
import { type Contents, guardDuty, inspector, ordered, pairs } from '../support/score-accounts'
import { asff, at, complete, newAccount } from './support-ingest'

afterAll(closeDatabase)

const lead = accessFor('lead')

/** Sends what the sources of an account report, each in a report of its own, and returns the account. */
async function send(contents: Contents): Promise<string> {
  const account = newAccount()
  const records = [
    ...(contents.controls ?? []).flatMap(([control, severity, failing, passing = 0]) =>
      Array.from({ length: failing + passing }, (_, n) => {
        const result = n < failing ? { severity } : { severity: 'INFORMATIONAL', status: 'PASSED' as const }
        return asff({ account, control, resource: `r${n}`, ...result })
      }),
    ),
    ...(contents.suppressed ?? []).map(([control, severity]) => asff({ account, control, severity, suppressed: true })),
  ]
  const threats = (contents.threats ?? []).map(([type, severity]) => guardDuty(account, type, severity))
  for (const report of [records, threats, inspector(account, contents)])
    if (report.length > 0) expect(await complete(report, at(2))).toMatchObject({ rejected: 0, accepted: report.length })
  return account
}

async function scoreOf(account: string): Promise<number> {
  const { score } = await getAccount(lead, account)
  if (score === null) throw new Error('no score')
  return score
}

const accounts: string[] = []
beforeAll(async () => {
  for (const [, contents] of ordered) accounts.push(await send(contents))
}, 120_000)

test('seven accounts have the order in which experts would look after them', async () => {
  const scores = await Promise.all(accounts.map(scoreOf))
  for (const [n, score] of scores.entries())
    if (n > 0)
      expect(score, `${ordered[n]?.[0]} is better than ${ordered[n - 1]?.[0]}`).toBeGreaterThan(scores[n - 1] ?? 0)
})

test('the list of accounts begins with the worst', async () => {
  const { rows } = await listAccounts(lead, AccountFilter.parse({}), { cursor: null, limit: 100 })
  expect(rows.map(row => row.id).filter(id => accounts.includes(id))).toEqual(accounts)
})

test.each(pairs)('%s', async (_why, worse, better) => {
  const [first, second] = [await send(worse), await send(better)]
  expect(await scoreOf(first)).toBeLessThan(await scoreOf(second))
})

test('an exception takes a suppressed finding out of the score, neither failing nor passing', async () => {
  const account = await send({ suppressed: [['S3.2', 'CRITICAL']], controls: [['S3.5', 'MEDIUM', 1]] })
  const before = await scoreOf(account)
  await pool().query(
    `UPDATE finding SET status = 'accepted', resolved_at = NULL, resolved_reason = NULL WHERE account_id = $1 AND control = 'S3.2'`,
    [account],
  )
  expect(await scoreOf(account)).toBeGreaterThan(before)
  expect((await getAccount(lead, account)).scoreBand).toBe('moderate')
})

test('a threat that a person resolved no longer lowers the score', async () => {
  const account = await send({
    threats: [['CryptoCurrency:EC2/BitcoinTool.B', 8]],
    controls: [['S3.5', 'MEDIUM', 0, 1]],
  })
  expect(await scoreOf(account)).toBeLessThan(40)
  await pool().query(
    `UPDATE finding SET status = 'resolved', resolved_at = now(), resolved_reason = 'hand' WHERE account_id = $1`,
    [account],
  )
  expect(await scoreOf(account)).toBe(100)
})

test('the page names the three changes that raise the score most, each by what it really raises', async () => {
  const contents: Contents = {
    controls: [
      ['IAM.9', 'CRITICAL', 1],
      ['S3.2', 'CRITICAL', 1, 3],
      ['S3.8', 'HIGH', 5, 5],
      ['S3.5', 'MEDIUM', 2, 2],
      ['IAM.16', 'LOW', 1],
    ],
    threats: [['CryptoCurrency:EC2/BitcoinTool.B', 8]],
    vulnerabilities: [
      { severity: 'HIGH', count: 2, exploit: true },
      { severity: 'MEDIUM', count: 3 },
    ],
  }
  const account = await send(contents)
  const page = await getAccount(lead, account)
  expect(page.scoreBand).toBe('attack')
  expect(page.scoreChanges.map(({ kind, name, severity, failing }) => [kind, name, severity, failing])).toEqual([
    ['threat', 'CryptoCurrency:EC2/BitcoinTool.B', 'high', 1],
    ['exploited', '', 'high', 2],
    ['control', 'IAM.9', 'critical', 1],
  ])
  expect(page.scoreParts).toEqual([
    { kind: 'exploited', severity: 'high', count: 2, load: 60 },
    { kind: 'control', severity: 'critical', count: 2, load: 50 },
    { kind: 'threat', severity: 'high', count: 1, load: 30 },
    { kind: 'control', severity: 'high', count: 1, load: 7.5 },
    { kind: 'control', severity: 'medium', count: 1, load: 2.5 },
    { kind: 'vulnerability', severity: 'medium', count: 3, load: 1.5 },
    { kind: 'control', severity: 'low', count: 1, load: 1 },
  ])
  const score = page.score ?? 0
  const fixes: ((before: Contents) => Contents)[] = [
    before => ({ ...before, threats: [] }),
    before => ({ ...before, vulnerabilities: [{ severity: 'MEDIUM', count: 3 }] }),
    before => ({ ...before, controls: [['IAM.9', 'CRITICAL', 0, 1], ...(before.controls ?? []).slice(1)] }),
  ]
  for (const [n, fix] of fixes.entries())
    expect((await scoreOf(await send(fix(contents)))) - score).toBeCloseTo(page.scoreChanges[n]?.gain ?? Number.NaN, 9)
  const fixed = fixes.reduce((before, fix) => fix(before), contents)
  expect(await scoreOf(await send(fixed))).toBeCloseTo(page.scoreTogether ?? Number.NaN, 9)
})

test('where all is fixed by the changes the score is that of an account without problems', async () => {
  const account = await send({ controls: [['S3.2', 'CRITICAL', 1]] })
  const { score, scoreChanges, scoreTogether } = await getAccount(lead, account)
  expect((score ?? 0) + (scoreChanges[0]?.gain ?? 0)).toBeCloseTo(100, 9)
  expect(scoreTogether).toBeCloseTo(100, 9)
  const clean = await getAccount(lead, await send({ controls: [['S3.2', 'CRITICAL', 0, 1]] }))
  expect(clean).toMatchObject({
    score: 100,
    scoreBand: 'moderate',
    scoreParts: [],
    scoreChanges: [],
    scoreTogether: null,
  })
})

test('scores of earlier methods are neither compared nor listed', async () => {
  const account = await send({ controls: [['S3.2', 'CRITICAL', 1]] })
  const listed = async () =>
    (await listAccounts(lead, AccountFilter.parse({ text: account }), { cursor: null, limit: 1 })).rows[0]?.score
  const score = await scoreOf(account)
  expect(await listed()).toBe(score)
  await pool().query('UPDATE snapshot SET score = 7 WHERE account_id = $1', [account])
  expect(await listed()).toBe(7)
  await pool().query('UPDATE snapshot SET method = 1 WHERE account_id = $1', [account])
  expect(await listed()).toBe(score)
})
