// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { CommentForm } from '../../../components/findings/triage/comment-form'
import type { ActionResult } from '../../../components/ui/action-result'
import { removeDrafts } from '../../../components/ui/forms/drafts'
import type { FindingId } from '../../../lib/domain/findings/filter'
import { show } from '../../support/component'

const finding = '111111111111-00000000000000000000000000000000' as FindingId
const other = '111111111111-00000000000000000000000000000001' as FindingId
const sent: string[] = []
let answer: () => Promise<ActionResult<unknown>>

beforeEach(() => {
  sent.length = 0
  answer = async () => ({ ok: true, data: null })
  window.sessionStorage.clear()
})

function open(me = 'member-1', of = finding) {
  const comment = ({ text }: { text: string }) => {
    sent.push(text)
    return answer()
  }
  return show(<CommentForm finding={of} me={me} comment={comment} />)
}

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox')
const type = (text: string) => fireEvent.change(field(), { target: { value: text } })
const send = () => fireEvent.submit(field().closest('form') as HTMLFormElement)

test('a draft is restored after the page was left', () => {
  const { unmount } = open()
  type('Asked the owner of the bucket')
  unmount()
  open()
  expect(field().value).toBe('Asked the owner of the bucket')
})

test('another member, and another finding, begin with an empty field', () => {
  const { unmount } = open()
  type('Only mine')
  unmount()
  const second = open('member-2')
  expect(field().value).toBe('')
  second.unmount()
  open('member-1', other)
  expect(field().value).toBe('')
})

test('a comment that was sent leaves no draft', async () => {
  const { unmount } = open()
  type('Done')
  send()
  await waitFor(() => expect(field().value).toBe(''))
  expect(sent).toEqual(['Done'])
  unmount()
  open()
  expect(field().value).toBe('')
})

test.each([
  [
    'is refused',
    async () => ({ ok: false as const, code: 'conflict', message: 'Reload the page.' }),
    'Reload the page.',
  ],
  ['gets no answer', () => Promise.reject(new TypeError('fetch failed')), /./],
])('a comment that %s stays in the field, with the reason', async (_what, refuse, reason) => {
  answer = refuse
  open()
  type('Keep me')
  send()
  await waitFor(() => expect(field().getAttribute('aria-invalid')).toBe('true'))
  expect(screen.getAllByText(reason).length).toBeGreaterThan(0)
  expect(field().value).toBe('Keep me')
  type('Keep me, changed')
  expect(field().getAttribute('aria-invalid')).not.toBe('true')
})

test('blanks are no comment', () => {
  open()
  type('  \n ')
  send()
  expect(field().getAttribute('aria-invalid')).toBe('true')
  expect(sent).toEqual([])
})

test('signing in as another member removes the drafts of the others', () => {
  const { unmount } = open()
  type('Secret of member 1')
  unmount()
  removeDrafts('member-2')
  expect(window.sessionStorage).toHaveLength(0)
})

test('a draft of another shape, from an older version, is left out', () => {
  window.sessionStorage.setItem(`hinomi-draft:member-1:comment:${finding}`, '{"text":7,"more":"x"}')
  open()
  expect(field().value).toBe('')
})
