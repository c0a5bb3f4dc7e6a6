import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { browser } from '../support/browser'
import { audited, countRefusals } from '../support/matrix/audit'
import { allCallers, type Caller, normalRow, resume, toRow } from '../support/matrix/callers'
import { pageTable } from '../support/matrix/page-table'
import { HOST } from '../support/matrix/passkey-actions'
import { render } from '../support/matrix/render'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { otherEntries, type PageModule, pages } from '../support/matrix/surface'
import { A, B, exception, newWorld, WORDS_OF_B, type World } from '../support/matrix/targets'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))
vi.mock('next-intl', async () => (await import('../support/page-data')).nextIntl)
vi.mock('next-intl/server', async () => (await import('../support/page-data')).nextIntlServer)

log.level = 'silent'
let known: Map<string, PageModule>
let world: World
let callers: Caller[]

beforeAll(async () => {
  known = await pages()
  world = await newWorld()
  await exception({ account: A })
  await exception({ account: B })
  const entry = { at: new Date(), actorKind: 'job', actorId: 'test', actorName: 'test', action: 'account.update' }
  await prisma().auditEntry.create({ data: { ...entry, target: `account:${B}`, accountId: B, detail: {} } })
  callers = await allCallers()
}, 120_000)
beforeEach(() => {
  browser.headers = new Headers({ 'x-hinomi-path': '/the/page', host: HOST })
  // React complains about hooks of components that run in the browser.
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(closeDatabase)

test('every page is in the table, and no other file answers', () => {
  expect([...known.keys()].sort()).toEqual(Object.keys(pageTable).sort())
  expect(otherEntries()).toEqual([])
})

describe.each(Object.entries(pageTable))('%s', (path, { cases }) => {
  test.each(Object.entries(cases))('%s', async (_what, each) => {
    const answers: string[] = []
    const before = await rowsNow()
    for (const caller of callers) {
      resume(caller)
      const { result, actions } = await audited(caller.member.id, () => render(known.get(path), each, world))
      const { answer, data } = result
      const who = `${caller.role}${caller.limited ? ' of A' : ''}: ${answer}`
      answers[caller.column] = answer
      expect(countRefusals(actions), `${who}, refusals in the audit log`).toBe(answer === '403' ? 1 : 0)
      const ofB = WORDS_OF_B.exec(String(data))
      if (caller.limited) expect(ofB, who).toBeNull()
      else if (answer === 'ok' && each.showsB) expect(ofB, who).not.toBeNull()
    }
    expect(changedTables(before, await rowsNow()), 'rows that reading changed').toEqual([])
    expect(toRow(answers)).toBe(normalRow(each.may))
  })
})
