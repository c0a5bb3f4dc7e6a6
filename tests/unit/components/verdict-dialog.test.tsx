// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { VerdictDialog, VerdictText } from '../../../components/findings/triage/verdict-dialog'
import type { Verdict } from '../../../lib/domain/threats/verdict'
import messages from '../../../messages/en.json'
import { show } from '../../support/component'

test('a verdict needs a text of what was done', async () => {
  const chosen: [Verdict, string][] = []
  show(<VerdictDialog open onOpenChange={() => {}} onChoose={(...choice) => chosen.push(choice)} />)
  const [button] = screen.getAllByRole('button', { name: messages.verdict.give })
  const field = await screen.findByRole('textbox', { name: messages.verdict.text })
  if (button) fireEvent.click(button)
  await screen.findByText(messages.verdict.missing)
  expect(chosen).toEqual([])
  fireEvent.change(field, { target: { value: 'The key was removed' } })
  if (button) fireEvent.click(button)
  await waitFor(() => expect(chosen).toHaveLength(1))
  expect(chosen[0]).toEqual([
    { kind: 'true_positive', text: 'The key was removed' },
    messages.verdict.kinds.true_positive,
  ])
})

test('a verdict is shown with what was done, by whom and when', () => {
  const at = new Date('2026-06-01T03:00:00Z')
  show(<VerdictText verdict={{ kind: 'benign', text: 'A penetration test', by: 'Aki', at }} />)
  expect(screen.getByText(messages.verdict.kinds.benign)).toBeTruthy()
  expect(screen.getByText('A penetration test')).toBeTruthy()
  expect(screen.getByText(/Aki, Jun 1, 2026/)).toBeTruthy()
})
