import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import { at, expectTrueCounts, importOf, job, newAccount, type Options, receive } from './support-ingest'
import { findingKey, Model } from './support-ingest-model'
import { controls, expected, record, regions, statement, stored } from './support-ingest-steps'

afterAll(closeDatabase)

const owner = '00000000-0000-4000-8000-0000000000aa'
const human = { ownerId: owner, team: 'cit', teamBy: 'hand', dueAt: new Date('2030-01-01'), dueBy: 'hand' }

const report = fc.record({
  kind: fc.constant('report' as const),
  statements: fc.array(statement, { minLength: 1, maxLength: 12 }),
  named: fc.option(fc.constantFrom(...regions)),
  /** At which change of its row the import dies, if it makes so many. */
  dies: fc.option(fc.integer({ min: 1, max: 6 })),
  day: fc.integer({ min: 2, max: 20 }),
  complete: fc.boolean(),
})
const hand = fc.record({
  kind: fc.constantFrom('close' as const, 'decide' as const),
  place: fc.constantFrom(0, 1),
  region: fc.constantFrom(...regions),
  control: fc.constantFrom(...controls),
  day: fc.integer({ min: 2, max: 20 }),
})
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: report }, { weight: 1, arbitrary: hand }), {
  minLength: 2,
  maxLength: 10,
})

/** Imports a report by a run that dies at the given change of the import's row, and by another that takes it up again. */
async function ingestDying(records: unknown[], dies: number | null, options: Options) {
  const { id } = await receive(records, options)
  await pool().query(`SELECT setval('changes_of_import', 1, false)`)
  await pool().query(`CREATE OR REPLACE FUNCTION dies_at() RETURNS int LANGUAGE sql AS 'SELECT ${dies ?? 0}'`)
  await runImport(job, id).catch((error: Error) => {
    if (!error.message.includes('the run dies here')) throw error
  })
  await pool().query(`CREATE OR REPLACE FUNCTION dies_at() RETURNS int LANGUAGE sql AS 'SELECT 0'`)
  await runImport(job, id)
  return importOf(id)
}

beforeAll(async () => {
  await pool().query('CREATE SEQUENCE changes_of_import')
  await pool().query(`CREATE FUNCTION dies_at() RETURNS int LANGUAGE sql AS 'SELECT 0'`)
  await pool().query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'receiving' AND nextval('changes_of_import') = dies_at() THEN RAISE 'the run dies here'; END IF; RETURN NEW; END $$`)
  await pool().query('CREATE TRIGGER die BEFORE UPDATE ON import FOR EACH ROW EXECUTE FUNCTION die()')
})

test.each([
  ['with', true],
  ['without', false],
])(
  'any sequence of reports, in any order, %s times in their records, ends as the rules say',
  async (_what, dated) => {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const accounts = [newAccount(), newAccount()]
        const model = new Model()
        const decided = new Set<string>()
        for (const step of sequence) {
          if (step.kind === 'report') {
            const statements = step.statements.map(({ place, ...rest }) => ({
              ...rest,
              account: accounts[place] ?? '',
            }))
            const records = statements.map(one => record(one, dated ? at(step.day - 1, 23) : null))
            const run = await ingestDying(records, step.dies, {
              observedAt: at(step.day),
              coverage: step.complete ? 'complete' : 'partial',
              region: step.named,
            })
            model.take(statements, step.day, step.complete, step.named)
            const { created, updated, reopened, unchanged, resolvedSeen } = run
            const named = statements.filter(({ says }) => says !== 'passed' && says !== 'not_available')
            const reported = new Set(named.map(findingKey)).size
            expect(created + updated + reopened + unchanged + resolvedSeen).toBe(reported)
            expect(run).toMatchObject({ state: 'done', read: records.length, rejected: 0 })
          } else {
            const { region, control } = step
            const key = findingKey({ account: accounts[step.place] ?? '', region, control })
            const where = {
              accountId: accounts[step.place] ?? '',
              region,
              control,
              status: { notIn: ['resolved', 'suppressed'] },
            }
            if (step.kind === 'close') {
              // Half a day behind a report, so that the two never fall together.
              const data = { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(step.day, 12) }
              await prisma().finding.updateMany({ where, data })
              model.closeByHand(key, step.day + 0.5)
            } else {
              const { count } = await prisma().finding.updateMany({ where, data: { ...human, status: 'in_progress' } })
              if (count > 0) decided.add(key)
            }
          }
          expect(await stored(accounts)).toEqual(expected(model))
        }
        for (const key of decided) {
          const [accountId = '', region = '', control = ''] = key.split('/')
          expect(await prisma().finding.findFirst({ where: { accountId, region, control } })).toMatchObject(human)
        }
        await expectTrueCounts()
        const { rows } = await pool().query(
          `SELECT count(*)::int AS n FROM finding_event WHERE actor_kind <> 'import' OR before = after`,
        )
        expect(rows[0].n).toBe(0)
      }),
      { numRuns: 40 },
    )
  },
  120_000,
)
