import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { log } from '../../lib/log'
import { browser } from '../support/browser'
import type { ActionCase, ActionRow } from '../support/matrix/action-row'
import { answerOf } from '../support/matrix/answer'
import { audited, countRefusals } from '../support/matrix/audit'
import { allCallers, type Caller, normalRow, resume, toAnswers, toRow } from '../support/matrix/callers'
import { findingActions } from '../support/matrix/finding-actions'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { settingActions } from '../support/matrix/setting-actions'
import { type Call, inlineActions, serverActions } from '../support/matrix/surface'
import { B, newWorld, WORDS_OF_B, type World } from '../support/matrix/targets'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))

log.level = 'silent'
const table = { ...findingActions, ...settingActions }
let calls: Map<string, Call>
let world: World

beforeAll(async () => {
  calls = await serverActions()
})
beforeEach(() => {
  browser.headers = new Headers({ 'x-hinomi-path': '/the/page' })
})
afterAll(closeDatabase)

test('every server action stands in the table', () => {
  expect([...calls.keys()].sort()).toEqual(Object.keys(table).sort())
  expect(inlineActions()).toEqual([])
})

test('every server action is allowed to somebody', () => {
  const rows = Object.entries(table)
  const closed = rows.filter(([, { cases }]) => !Object.values(cases).some(({ may }) => may.includes('ok')))
  // Links serve those who have no session: matrix-links.test.ts.
  expect(closed.map(([name]) => name)).toEqual(['app/(auth)/claim', 'app/(auth)/accept'])
})

describe.each(Object.entries(table))('%s', (name, row) => {
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
  const { result, actions } = await audited(caller.member.id, () => answerOf(async () => calls.get(name)?.(...args)))
  const { answer, data } = result
  const who = `${caller.role}${caller.limited ? ' of A' : ''}: ${answer}`
  expect(countRefusals(actions), `${who}, refusals in the audit log`).toBe(answer === '403' ? 1 : 0)
  if (answer === 'ok' && !effect) expect(actions, `${who}, audit log`).not.toEqual([])
  if (caller.limited) expect(JSON.stringify(data) ?? '', `${who}, data`).not.toMatch(WORDS_OF_B)
  return answer
}
