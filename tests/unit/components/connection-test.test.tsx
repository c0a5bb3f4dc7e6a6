// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { ConnectionTest } from '../../../components/collection/setup/connection-test'
import type { ConnectionTestStep } from '../../../lib/domain/collection/connection-test'
import { show } from '../../support/component'

const account = '111111111111'
const credentials: ConnectionTestStep = {
  id: 'credentials',
  collector: null,
  account: null,
  state: 'ok',
  failure: null,
}
const role: ConnectionTestStep = { id: 'role', collector: null, account, state: 'skipped', failure: null }

test('steps appear as they end, and the result with the last one', async () => {
  let goOn = () => {}
  const waits = new Promise<void>(done => {
    goOn = done
  })
  async function* steps() {
    yield credentials
    await waits
    yield role
  }
  show(<ConnectionTest id="x" test={async () => ({ ok: true, data: steps() })} />)
  fireEvent.click(screen.getByRole('button', { name: 'Test connection' }))
  await screen.findByText('This server has AWS credentials')
  expect(screen.getByText('Testing. This takes up to a minute.')).toBeDefined()
  goOn()
  await screen.findByText('Everything that was tested works.')
  expect(screen.getByText('1 step was not tested, or there is nothing to read')).toBeDefined()
})
