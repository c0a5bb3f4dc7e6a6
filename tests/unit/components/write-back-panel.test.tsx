// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { WriteBackPanel } from '../../../components/collection/write-back/write-back-panel'
import type { WriteBackView } from '../../../lib/domain/collection/write-back/views'
import type { FindingId } from '../../../lib/domain/findings/filter'
import { show } from '../../support/component'

const at = new Date('2026-11-27T00:00:00Z')
const off: WriteBackView = {
  isReady: true,
  toWrite: 3,
  enabled: false,
  roleName: 'HinomiWriteBack',
  language: 'en',
  waiting: 0,
  places: [],
  unprocessed: [],
}
const failing: WriteBackView = {
  ...off,
  enabled: true,
  waiting: 2,
  places: [
    {
      accountId: '111111111111',
      region: 'eu-west-1',
      written: 7,
      writtenAt: at,
      failedAt: at,
      failure: {
        state: 'denied',
        reason: 'permission',
        operation: 'securityhub:BatchUpdateFindings',
        action: 'securityhub:BatchUpdateFindings',
        message: 'User is not authorized',
      },
      retryAt: at,
    },
  ],
  unprocessed: [
    {
      id: '111111111111-00000000000000000000000000000001' as FindingId,
      accountId: '111111111111',
      title: 'S3 bucket is public',
      workflow: 'NOTIFIED',
      code: 'FindingNotFound',
      message: 'Finding Not Found',
      failedAt: at,
    },
  ],
}
const done = async () => ({ ok: true as const, data: undefined })

test('is off at first, and is switched on with the name of the role', async () => {
  const set = vi.fn(done)
  show(<WriteBackPanel connection="c" view={off} set={set} />)
  expect(screen.getByText('Write-back is disabled.')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Enable' }))
  const dialog = screen.getByRole('alertdialog', { name: 'Enable write-back?' })
  expect(dialog.textContent).toMatch(
    /of 3 findings are written to Security Hub CSPM in AWS at once.*role HinomiWriteBack/,
  )
  expect(set).not.toHaveBeenCalled()
  fireEvent.click(within(dialog).getByRole('button', { name: 'Enable' }))
  await waitFor(() =>
    expect(set).toHaveBeenCalledWith({
      id: 'c',
      enabled: true,
      roleName: 'HinomiWriteBack',
      language: 'en',
      seen: { enabled: false, roleName: 'HinomiWriteBack', language: 'en' },
    }),
  )
})

test('cannot be enabled before a round has read Security Hub, and says so', () => {
  const set = vi.fn(done)
  show(<WriteBackPanel connection="c" view={{ ...off, isReady: false, toWrite: 0 }} set={set} />)
  expect(screen.getByText(/after a round of this connection has read Security Hub CSPM/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Enable' }))
  expect(screen.queryByRole('alertdialog')).toBeNull()
  expect(set).not.toHaveBeenCalled()
})

test('says what is missing, what waits and which findings were not updated', async () => {
  const set = vi.fn(done)
  show(<WriteBackPanel connection="c" view={failing} set={set} />)
  expect(screen.getByText(/cannot write to some accounts/)).toBeTruthy()
  expect(screen.getByText(/no permission for securityhub:BatchUpdateFindings/)).toBeTruthy()
  expect(screen.getByText('2 findings are waiting to be written.')).toBeTruthy()
  expect(screen.getByText('The finding does not exist in Security Hub CSPM.')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Save and try again' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Disable' }))
  await waitFor(() => expect(set).toHaveBeenCalledWith(expect.objectContaining({ enabled: false })))
})

test('readers without the permission see it without the form, and nothing while it is off', () => {
  const { container, rerender } = show(<WriteBackPanel connection="c" view={off} />)
  expect(container.textContent).toBe('')
  rerender(<WriteBackPanel connection="c" view={failing} />)
  expect(screen.getByText('Write-back is enabled.')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})
