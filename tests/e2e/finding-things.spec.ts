import type { Page } from '@playwright/test'
import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000021'
const regions = ['ap-northeast-1', 'eu-west-1', 'us-east-1']

interface Report {
  Findings: {
    Id: string
    Region: string
    Description: string
    Resources: { Id: string; Region: string; Tags?: Record<string, string> }[]
  }[]
}

/** A bucket with tags, and a control that fails once in each Region. */
async function start(page: Page): Promise<void> {
  const report: Report = JSON.parse(
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'payroll-2026' },
      ...regions.map(region => ({ control: 'KMS.4', severity: 'MEDIUM' as const, resource: `key-${region}` })),
    ]),
  )
  for (const [n, finding] of report.Findings.entries()) {
    const [resource] = finding.Resources
    if (!resource) continue
    if (n === 0) {
      resource.Tags = { Owner: 'billing', Stage: '本番' }
      finding.Description = 'Bucket payroll-2026 is open to 0.0.0.0/0.'
    } else finding.Region = resource.Region = regions[n - 1] ?? ''
  }
  await sendReport(page, 'things.json', JSON.stringify(report))
  await page.goto(`/findings?account=${account}`)
  await speak(page, 'English')
}

const rowsOf = (page: Page) => page.getByRole('table', { name: 'Findings' }).getByRole('row')

test.describe.configure({ mode: 'serial' })

test('findings are filtered by tag and category, and found by what a description says', async ({ console: page }) => {
  await start(page)
  await page.getByRole('button', { name: 'More filters' }).click()
  await page.getByRole('button', { name: 'Tag', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Tag' })
  await dialog.getByRole('textbox', { name: 'Tag' }).fill('Owner=billing')
  await dialog.getByRole('button', { name: 'Add filter' }).click()
  await expect(page).toHaveURL(/tag=Owner(=|%3D)billing/)
  await expect(rowsOf(page)).toHaveCount(2)
  await page.getByRole('link', { name: /Remove the filter “Tag: Owner=billing”/ }).click()
  await expect(rowsOf(page)).toHaveCount(5)
  await page.getByRole('button', { name: /^Category/ }).click()
  await page.getByRole('option', { name: 'Encryption and keys' }).click()
  await page.keyboard.press('Escape')
  await expect(rowsOf(page)).toHaveCount(4)
  for (const text of ['open to 0.0.0.0/0', 'Bucket payroll-2026 is open', '本番']) {
    await page.goto(`/findings?account=${account}&text=${encodeURIComponent(text)}`)
    await expect(rowsOf(page)).toHaveCount(2)
  }
})

test('findings are sorted and filtered by the last report that contained them', async ({ console: page }) => {
  await page.goto(`/findings?account=${account}`)
  await speak(page, 'English')
  await page.getByRole('button', { name: /Sort/ }).click()
  await page.getByRole('option', { name: 'Last reported, oldest first' }).click()
  await expect(page).toHaveURL(/sort=stale/)
  await expect(rowsOf(page)).toHaveCount(5)
  await page.getByRole('button', { name: 'More filters' }).click()
  await page.getByRole('button', { name: /Age at the source/ }).click()
  await page.getByRole('option', { name: 'Last reported over 7 days ago' }).click()
  await expect(page).toHaveURL(/lastObservedTo=/)
  await expect(page.getByText('No matching findings')).toBeVisible()
  await page.getByRole('link', { name: /Remove the filter “Last reported by/ }).click()
  await expect(rowsOf(page)).toHaveCount(5)
})

test('a resource has a page with its facts and all of its findings', async ({ console: page }) => {
  await page.goto(`/findings?account=${account}&control=S3.2`)
  await speak(page, 'English')
  await page.getByRole('link', { name: /S3 general purpose/ }).click()
  await page.getByRole('link', { name: 'arn:aws:s3:::payroll-2026' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'payroll-2026' })).toBeVisible()
  await expect(page.getByText('Yes: it is publicly accessible')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Stage=本番' })).toBeVisible()
  await expect(page.getByText('(tag Owner)')).toBeVisible()
  await expect(page.getByRole('link', { name: /Open in the AWS console/ })).toHaveAttribute(
    'href',
    'https://console.aws.amazon.com/s3/buckets/payroll-2026',
  )
  await expect(page.getByRole('table', { name: 'All findings (1)' }).getByRole('row')).toHaveCount(2)
  await speak(page, '日本語')
  await expect(page.getByText('あり: パブリックにアクセスできます')).toBeVisible()
  await page.goto(`/accounts/${account}/resource?id=arn:aws:s3:::somebody-elses`)
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('somebody-elses')
})

test('one decision is made for all Regions of an account, undone at once, and asked to be an exception', async ({
  console: page,
}) => {
  await page.goto(`/findings?account=${account}&group=regions`)
  await speak(page, 'English')
  const row = page.getByRole('row', { name: /KMS key rotation/ })
  await expect(row).toContainText('3 Regions')
  await page.getByRole('checkbox', { name: /^Select .*KMS key rotation.* all Regions$/ }).check({ force: true })
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.getByRole('button', { name: 'Status', exact: true }).last().click()
  await page.getByRole('menuitem', { name: 'In progress' }).click()
  await expect(page.getByText('Set 3 findings to “In progress”.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText('Restored 3 findings.')).toBeVisible()
  await page.goto(`/findings?account=${account}&status=in_progress`)
  await expect(page.getByText('No matching findings')).toBeVisible()

  await page.goto(`/findings?account=${account}&group=regions`)
  await page.getByRole('checkbox', { name: /^Select .*KMS key rotation.* all Regions$/ }).check({ force: true })
  await page.getByRole('button', { name: 'Request exception for all Regions' }).click()
  const form = page.getByRole('dialog', { name: 'Request exception for all Regions' })
  await expect(form.getByLabel('Control', { exact: true })).toHaveValue('KMS.4')
  await form.getByLabel(/^Last day/).fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10))
  await form.getByLabel(/^Reason/).fill('Keys of a closed project')
  await form.getByLabel(/^Compensating controls/).fill('Nobody can use the keys')
  await form.getByRole('button', { name: 'Preview findings' }).click()
  await expect(form.getByText('Covers 3 open findings now')).toBeVisible()
  await form.getByRole('button', { name: 'Request approval' }).click()
  await expect(form).toHaveCount(0)
  await page.goto('/exceptions')
  await expect(page.getByText('KMS.4').first()).toBeVisible()
  await speak(page, '日本語')
  await page.goto(`/findings?account=${account}&group=regions`)
  await expect(page.getByRole('main')).toContainText('3 リージョン')
})
