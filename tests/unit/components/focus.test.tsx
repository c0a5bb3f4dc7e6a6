// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { AccountDialog } from '../../../components/accounts/account-dialog'
import { CommentForm } from '../../../components/findings/triage/comment-form'
import { KeepFocus } from '../../../components/ui/focus/keep-focus'
import type { FindingId } from '../../../lib/domain/findings/filter'
import messages from '../../../messages/en.json'
import { show } from '../../support/component'

function Vanishing({ whole }: { whole: boolean }) {
  const [gone, setGone] = useState(false)
  const button = (
    <button type="button" onClick={() => setGone(true)}>
      Take it
    </button>
  )
  return (
    <main tabIndex={-1}>
      <KeepFocus />
      {whole && gone ? null : <section aria-label="Triage">{gone ? null : button}</section>}
    </main>
  )
}

test.each([
  [false, 'SECTION'],
  [true, 'MAIN'],
])('the focus stays near a button that disappears (with its section: %s)', async (whole, place) => {
  show(<Vanishing whole={whole} />)
  const button = screen.getByRole('button')
  act(() => button.focus())
  fireEvent.click(button)
  await waitFor(() => expect(document.activeElement?.tagName).toBe(place))
})

test('a press beside everything takes the focus away', async () => {
  show(<Vanishing whole={false} />)
  const button = screen.getByRole('button')
  act(() => button.focus())
  fireEvent.pointerDown(document.body)
  act(() => button.blur())
  fireEvent.click(button)
  await new Promise(done => setTimeout(done, 300))
  expect(document.activeElement).toBe(document.body)
})

test('all mistakes of a form are shown at once, and the first one gets the focus', async () => {
  show(<AccountDialog account={null} save={async () => ({ ok: true, data: null })} />)
  fireEvent.click(screen.getByRole('button', { name: messages.accounts.register }))
  const id = await screen.findByRole('textbox', { name: /^Account ID/ })
  const tags = screen.getByRole('textbox', { name: /^Tags/ })
  fireEvent.change(tags, { target: { value: '=no key' } })
  const save = screen.getByRole('button', { name: messages.common.save })
  act(() => save.focus())
  fireEvent.submit(id.closest('form') as HTMLFormElement)
  await screen.findByText(messages.account.idBroken)
  expect(screen.getByText(messages.account.tagsBroken)).toBeTruthy()
  await waitFor(() => expect(document.activeElement).toBe(id))
})

test('the same mistake again leads to the field again, and Ctrl Enter sends', async () => {
  const finding = '111111111111-00000000000000000000000000000000' as FindingId
  const sent: string[] = []
  const comment = async ({ text }: { text: string }) => {
    sent.push(text)
    return { ok: true as const, data: null }
  }
  show(<CommentForm finding={finding} me="me" comment={comment} />)
  const field = screen.getByRole<HTMLTextAreaElement>('textbox')
  const button = screen.getByRole('button')
  for (let time = 0; time < 2; time++) {
    act(() => button.focus())
    fireEvent.submit(field.closest('form') as HTMLFormElement)
    await waitFor(() => expect(document.activeElement).toBe(field))
  }
  fireEvent.change(field, { target: { value: 'Done' } })
  fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true })
  await waitFor(() => expect(sent).toEqual(['Done']))
})

test('the focus of a message that closes goes back to the content', async () => {
  const { rerender } = show(<Message open />)
  act(() => screen.getByRole('button', { name: 'Row' }).focus())
  act(() => screen.getByRole('button', { name: 'Undo' }).focus())
  rerender(<Message open={false} />)
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Row'))
})

function Message({ open }: { open: boolean }) {
  return (
    <>
      <KeepFocus />
      <main tabIndex={-1}>
        <button type="button">Row</button>
      </main>
      {open ? <button type="button">Undo</button> : null}
    </>
  )
}
