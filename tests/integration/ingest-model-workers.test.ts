import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { at, expectTrueCounts, importOf, newAccount, receive } from './support-ingest'
import { findingKey, Model } from './support-ingest-model'
import { expected, record, regions, statement, stored } from './support-ingest-steps'

afterAll(closeDatabase)

const WORKERS = 3

/** Reports that all wait before the first is run. Each is of one or two of four accounts, which its sender may name. */
const reports = fc.array(
  fc.record({
    statements: fc.array(statement, { minLength: 1, maxLength: 8 }),
    accounts: fc.constantFrom([0, 0], [1, 1], [2, 2], [3, 3], [0, 1], [2, 3], [1, 2]),
    names: fc.boolean(),
    region: fc.option(fc.constantFrom(...regions)),
    complete: fc.boolean(),
  }),
  { minLength: 4, maxLength: 12 },
)

test('reports that several workers run side by side end as if run one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(reports, async sequence => {
      const accounts = Array.from({ length: 4 }, newAccount)
      const model = new Model()
      const queued: { id: number; records: number; reported: number }[] = []
      for (const [n, { statements, accounts: of, names, region, complete }] of sequence.entries()) {
        const said = statements.map(({ place, ...rest }) => ({ ...rest, account: accounts[of[place] ?? 0] ?? '' }))
        // A name that is wrong would let the account that it leaves out go first.
        const named = names && new Set(said.map(one => one.account)).size === 1 ? (said[0]?.account ?? null) : null
        const { id } = await receive(
          said.map(one => record(one, at(n + 1, 23))),
          { observedAt: at(n + 2), coverage: complete ? 'complete' : 'partial', region, account: named },
        )
        model.take(said, n + 2, complete, region)
        const reported = said.filter(({ says }) => says !== 'passed' && says !== 'not_available')
        queued.push({ id, records: said.length, reported: new Set(reported.map(findingKey)).size })
      }
      const loops = Array.from({ length: WORKERS }, () => new ImportLoop({ idleMs: 100 }))
      for (const loop of loops) loop.start()
      const left = `SELECT FROM import WHERE state IN ('queued', 'running') LIMIT 1`
      while ((await pool().query(left)).rowCount) await new Promise(resolve => setTimeout(resolve, 10))
      await Promise.all(loops.map(loop => loop.stop()))
      expect(await stored(accounts)).toEqual(expected(model))
      for (const { id, records, reported } of queued) {
        const run = await importOf(id)
        expect(run).toMatchObject({ state: 'done', read: records, rejected: 0 })
        expect(run.created + run.updated + run.reopened + run.unchanged + run.resolvedSeen).toBe(reported)
      }
      await expectTrueCounts()
    }),
    { numRuns: 12 },
  )
}, 600_000)
