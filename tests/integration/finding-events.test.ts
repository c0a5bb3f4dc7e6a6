import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { splitFindingId, toFindingId } from '../../lib/domain/findings/filter'
import { runImport } from '../../lib/ingest/run/run'
import { getFinding } from '../../lib/queries/findings/finding'
import { markOverdue, unmarkOverdue } from '../../lib/store/findings/overdue'
import { setDueAt, setStatus } from '../../lib/store/findings/triage'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { asff, at, complete, findingOf, job, newAccount, receive } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

async function idOf(record: Record<string, unknown>) {
  return toFindingId(account, (await findingOf(record))?.id ?? '')
}

/** Everything that is stored of a finding's history, oldest first. */
async function eventsOf(id: string) {
  const { accountId, uuid } = splitFindingId(id)
  return prisma().findingEvent.findMany({ where: { accountId, findingId: uuid }, orderBy: { id: 'asc' } })
}

const kindsOf = async (id: string) => (await eventsOf(id)).map(event => event.kind)
/** Due on June 5 by the policy for critical findings. */
const critical = () => asff({ account, severity: 'CRITICAL' })

test('an import that creates a finding writes so once, and the history shows it once', async () => {
  const first = await complete([critical()], at(2))
  const id = await idOf(critical())
  const event = { kind: 'created', actorKind: 'import', actorId: String(first.id), actorName: 'security-hub' }
  expect(await eventsOf(id)).toMatchObject([{ ...event, before: null, after: null, changeId: null }])
  await complete([critical()], at(3))
  expect(await kindsOf(id)).toEqual(['created'])
  const { events } = await getFinding(job, id)
  expect(events).toMatchObject([{ kind: 'created', actorName: 'security-hub' }])
})

test('the history of a finding without such a line begins with its first import', async () => {
  await complete([critical()], at(2))
  const id = toFindingId(account, crypto.randomUUID())
  const { accountId, uuid } = splitFindingId(id)
  const finding = await prisma().finding.findFirstOrThrow({
    where: { accountId },
    omit: { sequence: true, verdict: true },
  })
  await prisma().finding.create({ data: { ...finding, id: uuid } })
  const { events } = await getFinding(job, id)
  expect(events).toMatchObject([{ kind: 'created', actorName: 'security-hub', at: at(2) }])
})

test('a finding that is overdue at its creation has that event too', async () => {
  const { id: importId } = await receive([critical()], { observedAt: at(2), coverage: 'complete' })
  setClock(() => at(20))
  await runImport(job, importId)
  const by = { actorKind: 'import', actorId: String(importId) }
  expect(await eventsOf(await idOf(critical()))).toMatchObject([
    { kind: 'created', ...by },
    { kind: 'overdue', after: '2026-06-05T14:59:59.999Z', ...by },
  ])
  while ((await markOverdue(job)) > 0);
  expect(await kindsOf(await idOf(critical()))).toEqual(['created', 'overdue'])
})

test('the job writes a line for each due date that passes, once', async () => {
  await complete([critical()], at(2))
  const id = await idOf(critical())
  setClock(() => at(6))
  while ((await markOverdue(job)) > 0);
  const event = { kind: 'overdue', actorKind: 'job', before: null, after: '2026-06-05T14:59:59.999Z', at: at(6) }
  expect(await eventsOf(id)).toMatchObject([{ kind: 'created' }, event])
  // A clock that was ahead: the mark is taken back and set again.
  setClock(() => at(4))
  while ((await unmarkOverdue(job)) > 0);
  setClock(() => at(7))
  while ((await markOverdue(job)) > 0);
  expect(await kindsOf(id)).toEqual(['created', 'overdue'])
  // Closed and opened again by hand, it is overdue by the same date.
  await setStatus(job, { selection: { ids: [id] }, status: 'resolved' })
  await setStatus(job, { selection: { ids: [id] }, status: 'in_progress' })
  expect(await kindsOf(id)).toEqual(['created', 'overdue', 'status', 'status'])
  await setDueAt(job, { selection: { ids: [id] }, dueAt: '2026-06-09' })
  setClock(() => at(11))
  while ((await markOverdue(job)) > 0);
  expect((await eventsOf(id)).at(-1)).toMatchObject({ kind: 'overdue', after: '2026-06-09T14:59:59.999Z' })
})

test('a report that makes a finding overdue writes the event with its import', async () => {
  const informational = asff({ account, severity: 'INFORMATIONAL' })
  await complete([informational], at(2))
  const id = await idOf(informational)
  const { id: importId } = await complete([critical()], at(20))
  expect(await kindsOf(id)).toEqual(['created', 'severity', 'overdue'])
  expect((await eventsOf(id)).at(-1)).toMatchObject({ actorKind: 'import', actorId: String(importId) })
})

test('reopened by a report and reopened by a person are two kinds', async () => {
  await complete([critical(), asff({ account, resource: 'other' })], at(2))
  const id = await idOf(critical())
  await complete([asff({ account, resource: 'other' })], at(3))
  await complete([critical(), asff({ account, resource: 'other' })], at(4))
  expect(await kindsOf(id)).toEqual(['created', 'resolved', 'reopened'])
  await setStatus(job, { selection: { ids: [id] }, status: 'resolved' })
  await setStatus(job, { selection: { ids: [id] }, status: 'new' })
  expect((await kindsOf(id)).filter(kind => kind !== 'due')).toEqual([
    'created',
    'resolved',
    'reopened',
    'status',
    'status',
  ])
})

test('one module writes lines of histories', () => {
  const files = readdirSync(fromRoot('lib'), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts'))
  const writers = files.filter(
    path =>
      !path.startsWith('generated') &&
      /INSERT INTO finding_event|findingEvent\.create|'finding_event \(/.test(
        readFileSync(join(fromRoot('lib'), path), 'utf8').replaceAll('`', "'"),
      ),
  )
  expect(writers).toEqual(['sql/findings/events.ts'])
})
