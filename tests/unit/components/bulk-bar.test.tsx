// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { BulkBar } from '../../../components/findings/list/bulk-bar'
import type { FindingActions, Selection } from '../../../components/findings/triage/finding-actions'
import { useFindingChanges } from '../../../components/findings/triage/use-finding-changes'
import type { ActionResult } from '../../../components/ui/action-result'
import type { ChangeResult } from '../../../lib/domain/findings/change'
import { maxUnconfirmed } from '../../../lib/domain/findings/change-set'
import type { FindingId } from '../../../lib/domain/findings/filter'
import messages from '../../../messages/en.json'
import { show, showHook } from '../../support/component'

const selection: Selection = { ids: ['111111111111-00000000000000000000000000000000' as FindingId] }
const hanako = { id: 'hanako', name: 'Hanako', email: 'hanako@example.com' }
const written: { confirmed: number | undefined; owner: string | null }[] = []
let answers: ActionResult<ChangeResult>[]
const changed: ActionResult<ChangeResult> = { ok: true, data: { changed: 1, unchanged: 0, changeset: 'c1' } }
const refused: ActionResult<never> = { ok: false, code: 'conflict', message: 'More than before', field: 'confirmed' }

const unused = async () => ({ ok: false as const, code: 'unexpected', message: 'not in this test' })
const actions: FindingActions = {
  assign: async ({ confirmed, owner }) => {
    written.push({ confirmed, owner })
    return answers.shift() ?? changed
  },
  setStatus: unused,
  setVerdict: unused,
  setTeam: unused,
  setDueAt: unused,
  take: unused,
  undo: unused,
  previewChange: async () => ({ ok: true, data: { count: 30, changes: 30 } }),
  listAssignable: async () => ({ ok: true, data: [hanako] }),
}

beforeEach(() => {
  written.length = 0
  answers = []
})

function assign(count: number) {
  const { result } = showHook(() => useFindingChanges(actions))
  let finished: Promise<boolean> = Promise.resolve(false)
  act(() => {
    finished = result.current.assign(selection, count, hanako)
  })
  return { result, finished: () => finished }
}

test(`up to ${maxUnconfirmed} findings are changed without a question`, async () => {
  const { result, finished } = assign(maxUnconfirmed)
  expect(result.current.asked).toBeNull()
  expect(await act(finished)).toBe(true)
  expect(written).toEqual([{ confirmed: maxUnconfirmed, owner: 'hanako' }])
})

test('more findings are changed only after a confirmation', async () => {
  const { result, finished } = assign(maxUnconfirmed + 1)
  expect(result.current.asked?.count).toBe(maxUnconfirmed + 1)
  expect(written).toEqual([])
  act(() => result.current.asked?.answer(30))
  expect(await act(finished)).toBe(true)
  expect(result.current.asked).toBeNull()
  expect(written).toEqual([{ confirmed: 30, owner: 'hanako' }])
})

test('canceling changes nothing', async () => {
  const { result, finished } = assign(1_000)
  act(() => result.current.asked?.answer(null))
  expect(await act(finished)).toBe(false)
  expect(written).toEqual([])
})

test('an outdated number is requested again', async () => {
  answers = [refused, changed]
  const { result, finished } = assign(26)
  await act(async () => result.current.asked?.answer(26))
  await waitFor(() => expect(result.current.asked).not.toBeNull())
  act(() => result.current.asked?.answer(30))
  expect(await act(finished)).toBe(true)
  expect(written.map(({ confirmed }) => confirmed)).toEqual([26, 30])
})

test('another refusal ends it, and the bar is ready for the next change', async () => {
  answers = [{ ok: false, code: 'forbidden', message: 'No' }]
  const { result, finished } = assign(1)
  expect(await act(finished)).toBe(false)
  expect(result.current.pending).toBe(false)
})

function Bar({ onDone }: { onDone: () => void }) {
  const changes = useFindingChanges(actions)
  const all = { total: 30, exact: true, run: () => {} }
  const bar = { count: 30, selection, accounts: [], threats: false, selectAll: all, changes, actions, me: 'me', onDone }
  return <BulkBar {...bar} />
}

test('the bar assigns the selected findings after a question with the number that the server counts, then clears the selection', async () => {
  let cleared = 0
  show(<Bar onDone={() => (cleared += 1)} />)
  fireEvent.click(screen.getByRole('button', { name: messages.findings.assign }))
  fireEvent.click(await screen.findByRole('option', { name: /Hanako/ }))
  const question = await screen.findByRole('alertdialog')
  await waitFor(() => expect(question.textContent).toContain('30'))
  expect(written).toEqual([])
  const confirm = question.querySelector('.button--primary') as HTMLButtonElement
  await waitFor(() => expect(confirm.disabled).toBe(false))
  fireEvent.click(confirm)
  await waitFor(() => expect(cleared).toBe(1))
  expect(written).toEqual([{ confirmed: 30, owner: 'hanako' }])
})

test('F6 leads from a row to the first action of the bar, and Escape back', () => {
  show(
    <>
      <Bar onDone={() => {}} />
      <input type="checkbox" />
    </>,
  )
  const row = screen.getByRole('checkbox')
  row.focus()
  fireEvent.keyDown(window, { key: 'F6' })
  expect(document.activeElement).toBe(screen.getByRole('button', { name: messages.findings.assign }))
  fireEvent.keyDown(window, { key: 'Escape' })
  expect(document.activeElement).toBe(row)
})
