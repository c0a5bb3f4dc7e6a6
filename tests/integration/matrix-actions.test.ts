import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { browser } from '../support/browser'
import type { ActionCase, ActionRow } from '../support/matrix/action-row'
import { actionTable } from '../support/matrix/action-table'
import { answerOf } from '../support/matrix/answer'
import { audited, countRefusals } from '../support/matrix/audit'
import {
  ADMIN_COLUMN,
  allCallers,
  type Caller,
  callerAt,
  normalRow,
  resume,
  toAnswers,
  toRow,
} from '../support/matrix/callers'
import { HOST } from '../support/matrix/passkey-actions'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { type Call, inlineActions, serverActions } from '../support/matrix/surface'
import { B, newWorld, WORDS_OF_B, type World } from '../support/matrix/targets'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))

log.level = 'silent'
let calls: Map<string, Call>
let world: World

beforeAll(async () => {
  calls = await serverActions()
})
beforeEach(() => {
  browser.headers = new Headers({ 'x-hinomi-path': '/the/page', host: HOST })
})
afterAll(closeDatabase)

test('every server action is in the table', () => {
  expect([...calls.keys()].sort()).toEqual(Object.keys(actionTable).sort())
  expect(inlineActions()).toEqual([])
})

test('every server action is allowed for at least one role', () => {
  const rows = Object.entries(actionTable)
  const closed = rows.filter(([, { cases }]) => !Object.values(cases).some(({ may }) => may.includes('ok')))
  // They serve those who are not signed in: matrix-links.test.ts and matrix-sessions.test.ts.
  const links = ['app/(auth)/claim', 'app/(auth)/accept']
  expect(closed.filter(([name, { stage }]) => !stage && !links.includes(name))).toEqual([])
})

describe.each(Object.entries(actionTable))('%s', (name, row) => {
  beforeAll(async () => {
    world = await newWorld()
  })
  test.each(Object.entries(row.cases))('%s', async (_target, each) => {
    const expected = toAnswers(each.may)
    const callers = await allCallers(each.teams)
    const changes = (column: number) => expected[column] === 'ok' && !row.effect
    const answers: string[] = []

    const still = await Promise.all(
      callers.filter(({ column }) => !changes(column)).map(caller => prepared(caller, each)),
    )
    const before = await rowsNow()
    for (const ready of still) answers[ready.caller.column] = await call(name, row, ready)
    expect(changedTables(before, await rowsNow()), 'rows that these calls changed').toEqual([])

    for (const caller of callers.filter(({ column }) => changes(column))) {
      const ready = await prepared(caller, each)
      const [all, ofB] = [await rowsNow(), caller.limited ? await rowsNow(B) : {}]
      answers[caller.column] = await call(name, row, ready)
      expect(changedTables(all, await rowsNow()), `rows that ${caller.role} changed`).not.toEqual([])
      if (caller.limited) expect(changedTables(ofB, await rowsNow(B)), `rows of B, by ${caller.role} of A`).toEqual([])
    }
    expect(toRow(answers)).toBe(normalRow(each.may))
  })

  const each = Object.values(row.cases).find(({ may }) => toAnswers(may)[ADMIN_COLUMN] === 'ok')
  if (!each) return
  test(row.recent ? 'asks for a recent proof' : 'asks for no recent proof', async () => {
    const admin = await callerAt(ADMIN_COLUMN, each.teams)
    const ready = await prepared(admin, each)
    const long = new Date(Date.now() - 16 * 60_000)
    await prisma().session.update({ where: { id: admin.session }, data: { verifiedAt: long } })
    const before = await rowsNow()
    expect(await call(name, row, ready)).toBe(row.recent ? 'recent' : 'ok')
    if (row.recent) expect(changedTables(before, await rowsNow())).toEqual([])
  })
})

interface Ready {
  caller: Caller
  args: unknown[]
}

async function prepared(caller: Caller, each: ActionCase): Promise<Ready> {
  return { caller, args: await each.args(caller, world) }
}

/** Calls an action as the caller's browser would, and checks what is recorded of it and what a limited caller sees of B. */
async function call(name: string, { effect }: ActionRow, { caller, args }: Ready): Promise<string> {
  resume(caller)
  const { result, actions } = await audited(caller.member.id, () =>
    answerOf(async () => (calls.get(name) ?? expect.unreachable(name))(...args)),
  )
  const { answer, data } = result
  const who = `${caller.role}${caller.limited ? ' of A' : ''}: ${answer}`
  expect(countRefusals(actions), `${who}, refusals in the audit log`).toBe(answer === '403' ? 1 : 0)
  if (answer === 'ok' && (!effect || effect === 'recorded')) expect(actions, `${who}, audit log`).not.toEqual([])
  if (caller.limited) expect(JSON.stringify(data) ?? '', `${who}, data`).not.toMatch(WORDS_OF_B)
  return answer
}
