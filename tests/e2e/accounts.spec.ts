import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000002'

test.describe.configure({ mode: 'serial' })

test('an account that a report names appears, and is given a name', async ({ console: page }) => {
  await sendReport(
    page,
    'account.json',
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'account-bucket' },
      { control: 'EC2.19', severity: 'HIGH', resource: 'account-group' },
      { control: 'KMS.4', severity: 'MEDIUM', resource: 'account-key', status: 'PASSED' },
    ]),
  )
  await page.goto(`/accounts/${account}`)
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Edit account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit account' })
  await dialog.getByLabel('Name').fill('Payment, production')
  await dialog.getByLabel('Tags').fill('no key here\n=broken')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText(/Write one key=value per line/)).toBeVisible()
  await dialog.getByLabel('Tags').fill('CostCenter=4100')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Payment, production' })).toBeVisible()
  await expect(page.getByText('CostCenter=4100')).toBeVisible()
})

test('every number of an account leads to as many findings', async ({ console: page }) => {
  await page.goto(`/accounts/${account}`)
  await speak(page, 'English')
  await page.getByRole('link', { name: 'Open findings: 2' }).click()
  await expect(page.getByText('2 findings')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Findings' }).getByRole('row')).toHaveCount(3)
})

test('the list of accounts is searched and sorted by its address', async ({ console: page }) => {
  await page.goto('/accounts')
  await speak(page, 'English')
  await page.getByRole('searchbox').fill(account)
  await page.getByRole('searchbox').press('Enter')
  await expect(page).toHaveURL(new RegExp(`text=${account}`))
  await expect(page.getByRole('table', { name: 'Accounts' }).getByRole('row')).toHaveCount(2)
  await page.getByRole('columnheader', { name: 'Score' }).getByRole('link').click()
  await expect(page).toHaveURL(/sort=score/)
  await expect(page.getByRole('columnheader', { name: 'Score' })).toHaveAttribute('aria-sort', 'ascending')
})

test('a picture of the account page for the README', async ({ console: page }) => {
  test.skip(process.env.HINOMI_README_SHOT !== '1', 'only where asked for')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/accounts?sort=open&dir=desc')
  await speak(page, 'English')
  await page.getByRole('table', { name: 'Accounts' }).getByRole('rowheader').getByRole('link').first().click()
  await expect(page.getByText('Security score', { exact: true })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: 'docs/images/account.png' })
})
