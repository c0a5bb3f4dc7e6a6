import { startRefusing } from '../support/aws/refusing'
import { expect, sendReport, speak, test } from './console-fixtures'

const account = '770000000031'
const management = '770000000030'

test.describe.configure({ mode: 'serial' })

let aws: Awaited<ReturnType<typeof startRefusing>>

// Pages that ask who Hinomi is would repeat a call that nobody answers.
test.beforeAll(async () => {
  aws = await startRefusing(Number(process.env.E2E_AWS_PORT))
})

test.afterAll(() => aws.stop())

/** A collected report of GuardDuty in three Regions, one of which is denied. */
function collectedReport(): string {
  const cell = (region: string, state: string, more: object = {}) => {
    const complete = state === 'ok'
    return { coverage: 1, account, region, collector: 'guardduty', state, complete, records: 0, ...more }
  }
  const denied = { action: 'guardduty:ListFindings', message: 'User is not authorized <b>to list</b>' }
  const lines = [
    { collection: 1, account, collector: 'guardduty', startedAt: '2026-11-20T01:02:03.000Z', whole: true },
    cell('ap-northeast-1', 'ok'),
    cell('eu-west-1', 'denied', denied),
    cell('af-south-1', 'not_enabled'),
  ]
  return lines.map(line => `${JSON.stringify(line)}\n`).join('')
}

test('cells of a collected report appear with their state, and lead to the account', async ({ console: page }) => {
  await page.goto('/coverage')
  await speak(page, 'English')
  await sendReport(page, 'guardduty.ndjson', collectedReport())
  await page.goto(`/coverage?text=${account}`)
  const grid = page.getByRole('table', { name: 'Accounts and services' })
  const cell = grid.getByRole('link', {
    name: /^GuardDuty: OK \(1\), Denied \(1\), Not enabled \(1\)\. Oldest reading/,
  })
  await expect(cell).toContainText('Denied')
  await cell.click()
  await expect(page).toHaveURL(`/coverage/${account}?collector=guardduty`)
  await expect(page.getByRole('heading', { level: 1, name: `Coverage of ${account}` })).toBeVisible()
  const first = page.getByRole('table', { name: 'Services by Region' }).getByRole('row').nth(1)
  await expect(first).toContainText('The role has no permission for guardduty:ListFindings.')
  await expect(first).toContainText('User is not authorized <b>to list</b>')
  await expect(first.getByRole('time').first()).toBeVisible()
  // Nothing reads the account, so that nothing can be read again.
  await expect(page.getByText('No connection reads this account.')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Read again/ })).toHaveCount(0)
})

test('cells are filtered by their state', async ({ console: page }) => {
  await page.goto('/coverage?state=throttled')
  await speak(page, 'English')
  await expect(page.getByText('No matching accounts')).toBeVisible()
  await page.goto(`/coverage/${account}`)
  await page.getByRole('button', { name: 'State' }).click()
  await page.getByRole('option', { name: 'Denied' }).click()
  await expect(page).toHaveURL(/state=denied/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('table', { name: 'Services by Region' }).getByRole('row')).toHaveCount(2)
})

test('an administrator connects an organization and gets everything to paste into AWS', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await expect(page.getByText('No connections yet')).toBeVisible()
  await page.getByRole('button', { name: 'Connect AWS' }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect AWS' })
  await dialog.getByLabel('Name', { exact: true }).fill('Example organization')
  await dialog.getByLabel('Account ID').fill('123')
  await dialog.getByRole('button', { name: 'Add connection' }).click()
  await expect(dialog.getByText('Enter the 12 digits of the account ID.')).toBeVisible()
  await dialog.getByLabel('Account ID').fill('7700-0000-0030')
  await dialog.getByRole('button', { name: 'Add connection' }).click()
  await page.waitForURL(/\/settings\/connections\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Example organization' })).toBeVisible()
  await expect(page.getByText('Not started')).toBeVisible()
  // What has to be done comes before what is optional.
  const steps = await page.getByText('Identity of Hinomi').boundingBox()
  const optional = await page.getByRole('heading', { name: 'Events', exact: true }).boundingBox()
  expect(steps?.y).toBeLessThan(optional?.y ?? 0)
  const externalId = page.getByTestId('external-id')
  await expect(externalId).toHaveText('Hidden')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(externalId).toHaveText(/^[0-9a-f]{32}$/)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download hinomi-policy.json' }).click()
  expect((await download).suggestedFilename()).toBe('hinomi-policy.json')
})

test('writing back cannot be enabled before a round has read Security Hub', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: 'Example organization' }).click()
  await expect(page.getByText('Write-back is disabled.')).toBeVisible()
  await expect(page.getByText(/after a round of this connection has read Security Hub CSPM/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Enable', exact: true })).toBeDisabled()
})

test('of two people who edit a connection at once, the second is told', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: 'Example organization' }).click()
  const edit = async (on: typeof page, name: string) => {
    await on.getByRole('button', { name: /^Actions for/ }).click()
    await on.getByRole('menuitem', { name: 'Edit' }).click()
    const dialog = on.getByRole('dialog', { name: /^Edit/ })
    await dialog.getByLabel('Name', { exact: true }).fill(name)
    return dialog
  }
  await page.waitForURL(/\/settings\/connections\/[0-9a-f-]{36}$/)
  const second = await edit(page, 'Second name')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await (await edit(other, 'Example organization 2')).getByRole('button', { name: 'Save' }).click()
  await expect(other.getByRole('heading', { level: 1, name: 'Example organization 2' })).toBeVisible()
  await other.close()
  await second.getByRole('button', { name: 'Save' }).click()
  await expect(second.getByText('Somebody else changed this in the meantime. Reload the page.')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Example organization 2' })).toBeVisible()
  await (await edit(page, 'Example organization')).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Example organization', exact: true })).toBeVisible()
})

test('a connection starts, pauses and is removed after a confirmation', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: 'Example organization' }).click()
  await page.getByRole('button', { name: 'Start reading' }).click()
  await expect(page.getByText('Active', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  await expect(page.getByText(/^(Paused|Not started)$/)).toBeVisible()
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.waitForURL('/settings/connections')
  await expect(page.getByText('No connections yet')).toBeVisible()
  await expect(page.getByText(management)).toHaveCount(0)
})
