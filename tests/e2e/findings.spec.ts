import type { Page } from '@playwright/test'
import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000001'
const list = `/findings?account=${account}`

async function start(page: Page): Promise<void> {
  await sendReport(
    page,
    'findings.json',
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'first-bucket' },
      { control: 'EC2.13', severity: 'HIGH', resource: 'second-group' },
      { control: 'IAM.3', severity: 'MEDIUM', resource: 'third-user' },
      { control: 'KMS.4', severity: 'LOW', resource: 'fourth-key', status: 'PASSED' },
    ]),
  )
  await page.goto(list)
  await speak(page, 'English')
}

test.describe.configure({ mode: 'serial' })

test('a report becomes findings, worst first, and passed checks do not', async ({ console: page }) => {
  await start(page)
  const rows = page.getByRole('table', { name: 'Findings' }).getByRole('row')
  await expect(rows).toHaveCount(4)
  await expect(rows.nth(1)).toContainText('Critical')
  await expect(rows.nth(3)).toContainText('Medium')
  await expect(page.getByText('3 findings', { exact: true })).toBeVisible()
})

test('filters stand in the address and come off one by one', async ({ console: page }) => {
  await start(page)
  await page.getByRole('button', { name: /^Severity/ }).click()
  await page.getByRole('option', { name: 'High' }).click()
  await expect(page).toHaveURL(/severity=high/)
  await page.keyboard.press('Escape')
  await expect(page.getByText('1 finding', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: /Remove the filter “Severity: High”/ }).click()
  await expect(page.getByText('3 findings', { exact: true })).toBeVisible()
  await page.getByRole('searchbox').fill('nothing is called this')
  await page.getByRole('searchbox').press('Enter')
  await expect(page.getByText('No matching findings')).toBeVisible()
})

test('a finding is taken in one press and can be given back', async ({ console: page }) => {
  await start(page)
  await page.getByRole('button', { name: /^Take it: “S3 general/ }).click()
  await expect(page.getByText('Assigned to you.')).toBeVisible()
  await expect(page.getByRole('row', { name: /S3 general/ })).toContainText('(you)')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('row', { name: /S3 general/ })).toContainText('Unassigned')
})

test('all that match are assigned at once', async ({ console: page }) => {
  await start(page)
  await page.getByRole('checkbox', { name: /^Select “S3 general/ }).check({ force: true })
  await page.getByRole('button', { name: 'Select all 3 that match' }).click()
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.getByRole('button', { name: 'Assign', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Choose an owner' })
  await dialog.getByRole('option').first().click()
  await expect(page.getByText(/^Assigned 3 findings to/)).toBeVisible()
  await page.goto(`${list}&owner=me`)
  await expect(page.getByText('3 findings', { exact: true })).toBeVisible()
})

test("a finding's page explains, keeps its history and shows the source's text as text", async ({ console: page }) => {
  await start(page)
  await page.getByRole('link', { name: /S3 general purpose buckets/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: /S3 general purpose buckets/ })).toBeVisible()
  await expect(page.getByText('What can happen')).toBeVisible()
  await expect(page.getByText('<b>Text of the source stays text.</b>')).toBeVisible()
  await expect(page.getByText('arn:aws:s3:::first-bucket', { exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Change Status' }).click()
  await page.getByRole('menuitemradio', { name: 'In progress' }).click()
  await expect(page.getByRole('list', { name: 'History' })).toContainText(
    'changed the status from “New” to “In progress”',
  )

  await page.getByRole('button', { name: 'Change Due' }).click()
  // Before the date of the policy, so that it needs no reason.
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await page.getByLabel('Due date', { exact: true }).fill(tomorrow)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('list', { name: 'History' })).toContainText(
    new Date(tomorrow).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' }),
  )

  await page.getByLabel('Write a comment').fill('Waiting for the release.')
  // By keyboard: messages with an undo stay for 20 seconds, and cover the end of the page.
  await page.getByRole('button', { name: 'Add comment' }).press('Enter')
  await expect(page.getByRole('list', { name: 'History' })).toContainText('Waiting for the release.')

  await page.getByRole('button', { name: 'Show the raw record' }).first().click()
  await expect(page.getByRole('region', { name: 'Raw record' })).toContainText('"SchemaVersion": "2018-10-08"')
})

test('an empty comment is refused at the field', async ({ console: page }) => {
  await start(page)
  await page.getByRole('link', { name: /S3 general purpose buckets/ }).click()
  await page.getByRole('button', { name: 'Add comment' }).click()
  await expect(page.getByText('Write a comment first.')).toBeVisible()
})
