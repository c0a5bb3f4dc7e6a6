import { expect, type Sample, securityHubReport, sendReport, speak, test } from './console-fixtures'

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
  await expect(dialog.getByText(/Enter one key=value per line/)).toBeVisible()
  await dialog.getByLabel('Tags').fill('CostCenter=4100')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { level: 1, name: 'Payment, production' })).toBeVisible()
  await expect(page.getByText('CostCenter=4100')).toBeVisible()
})

test('every number of an account leads to as many findings', async ({ console: page }) => {
  await page.goto(`/accounts/${account}`)
  await speak(page, 'English')
  await page.getByRole('link', { name: 'Open findings: 2' }).click()
  await expect(page.getByText('2 findings', { exact: true })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Findings' }).getByRole('row')).toHaveCount(3)
})

test('the list of accounts is searched and sorted by its address', async ({ console: page }) => {
  await page.goto('/accounts')
  await speak(page, 'English')
  await page.getByRole('searchbox').fill(account)
  await page.getByRole('searchbox').press('Enter')
  await expect(page).toHaveURL(new RegExp(`text=${account}`))
  await expect(page.getByRole('table', { name: 'Accounts' }).getByRole('row')).toHaveCount(2)
  await expect(page.getByRole('columnheader', { name: 'Score' })).toHaveAttribute('aria-sort', 'ascending')
  await page.getByRole('columnheader', { name: 'Score' }).getByRole('link').click()
  await expect(page).toHaveURL(/sort=score/)
  await expect(page.getByRole('columnheader', { name: 'Score' })).toHaveAttribute('aria-sort', 'descending')
})

const DAY_MS = 86_400_000
const pictured = '012345678901'

/** What an improving account fails and passes on one of the last sixty days. */
function samplesOf(daysAgo: number): Sample[] {
  const kinds: [string, Sample['severity'], number][] = [
    ['EC2.19', 'CRITICAL', 3],
    ['S3.2', 'CRITICAL', 2],
    ['EC2.8', 'HIGH', 9],
    ['IAM.5', 'MEDIUM', 12],
    ['S3.5', 'MEDIUM', 18],
    ['RDS.3', 'MEDIUM', 7],
    ['ELB.16', 'MEDIUM', 4],
    ['KMS.4', 'MEDIUM', 8],
    ['Lambda.2', 'LOW', 14],
  ]
  return kinds.flatMap(([control, severity, count], kind) =>
    Array.from({ length: count }, (_, n) => {
      const failed = (n * 7 + kind * 3) % 10 < 2 + daysAgo / 9 && n * 5 + kind > 12 - daysAgo / 2
      return { control, severity, resource: `pay-${control.toLowerCase()}-${n}`, status: failed ? 'FAILED' : 'PASSED' }
    }),
  )
}

test('a picture of the account page for the README', async ({ console: page }) => {
  test.skip(process.env.HINOMI_README_SHOT !== '1', 'only where asked for')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/accounts')
  for (let daysAgo = 60; daysAgo >= 0; daysAgo -= 4) {
    const body = securityHubReport(pictured, samplesOf(daysAgo))
    const observedAt = new Date(Date.now() - daysAgo * DAY_MS).toISOString()
    const status = await page.evaluate(
      async ([text, at]) => {
        const query = new URLSearchParams({ coverage: 'complete', wait: 'true', observedAt: at ?? '' })
        return (await fetch(`/api/v1/imports?${query}`, { method: 'POST', body: text ?? '' })).status
      },
      [body, observedAt],
    )
    expect(status).toBe(200)
  }
  await page.goto(`/accounts/${pictured}`)
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Edit account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit account' })
  await dialog.getByLabel('Name').fill('Payment, production')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Payment, production' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('Security score', { exact: true })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: 'docs/images/account.png' })
})
