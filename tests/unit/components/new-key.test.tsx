// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { NewKey } from '../../../components/collection/events/new-key'
import type { ActionResult } from '../../../components/ui/action-result'
import { askBy } from '../../../components/verify/verify-first'
import { show } from '../../support/component'

test('a key for events is made once its reader has confirmed their identity', async () => {
  let confirmed = false
  const release = askBy(async () => {
    confirmed = true
    return true
  })
  const add = async (): Promise<ActionResult<{ key: string }>> =>
    confirmed ? { ok: true, data: { key: 'hin_event_1' } } : { ok: false, code: 'not_recent', message: 'Confirm.' }
  show(<NewKey connection="x" address={null} replaces={false} add={add} />)
  fireEvent.click(screen.getByRole('button', { name: 'Create key' }))
  expect(await screen.findByText('hin_event_1')).toBeDefined()
  release()
})
