import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000011'
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')

/** A day so many days from now, as a date field takes it. */
const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Presses the button with this label the moment it appears, as the quickest reader would. */
async function pressedAtOnce(page: Page, label: string): Promise<void> {
  await page.evaluate(text => {
    const observer = new MutationObserver(() => {
      const button = [...document.querySelectorAll('button')].find(each => each.textContent === text)
      if (!button) return
      observer.disconnect()
      button.click()
    })
    observer.observe(document.body, { subtree: true, childList: true, characterData: true })
  }, label)
}

async function reported(page: Page): Promise<void> {
  const samples = [
    { control: 'S3.2', severity: 'CRITICAL', resource: 'decision-bucket' },
    { control: 'IAM.3', severity: 'MEDIUM', resource: 'decision-user' },
  ] as const
  await sendReport(page, 'decisions.json', securityHubReport(account, samples))
  await speak(page, 'English')
}

test('an exception is asked for by one person and approved by another', async ({ console: page, browser }) => {
  await reported(page)
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite a member' }).click()
  const invitation = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await invitation.getByLabel('E-mail address').fill('asker@example.com')
  await invitation.getByRole('checkbox', { name: 'SRE' }).check({ force: true })
  await invitation.getByRole('button', { name: 'Create link' }).click()
  const link = (await invitation.getByText(/\/invite#token=/).textContent()) ?? ''
  const theirs = await browser.newContext({ locale: 'en-US' })
  const asker = await theirs.newPage()
  await asker.goto(link)
  await asker.getByLabel('Name', { exact: true }).fill('Aya Asker')
  await asker.getByLabel('Password').fill('four unrelated words here')
  await asker.getByRole('button', { name: 'Join' }).click()
  await expect(asker.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()

  await asker.goto(`/findings?account=${account}`)
  await asker
    .getByRole('table', { name: 'Findings' })
    .getByRole('link', { name: /S3 general purpose/ })
    .click()
  await asker.getByRole('button', { name: 'Request exception' }).click()
  const form = asker.getByRole('dialog')
  await form.getByLabel(/^Last day/).fill(dayFromNow(30))
  await form.getByLabel(/^Reason/).fill('A public site')
  await form.getByRole('button', { name: 'Request approval' }).click()
  await expect(form.getByText(/describe the compensating controls/)).toBeVisible()
  await form.getByLabel(/^Compensating controls/).fill('A firewall in front of it')
  await form.getByLabel(/^Ticket/).fill('https://tickets.example/SEC-1')
  const files = form.locator('input[type=file]')
  await files.setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script></script>') })
  await expect(form.getByText(/“page.html” cannot be attached/)).toBeVisible()
  await files.setInputFiles({ name: '証跡.pdf', mimeType: 'application/pdf', buffer: PDF })
  await expect(form.getByRole('link', { name: '証跡.pdf' })).toBeVisible()
  await form.getByRole('button', { name: 'Request approval' }).click()
  // The message that appears for a moment begins alike.
  await expect(asker.getByText('Waiting for approval', { exact: true })).toBeVisible()
  await expect(asker.getByRole('button', { name: /^Approve/ })).toHaveCount(0)

  await page.goto('/exceptions')
  const request = page.getByRole('row', { name: /S3 general purpose/ })
  await expect(request).toContainText('A firewall in front of it')
  await expect(request.getByRole('link', { name: 'https://tickets.example/SEC-1' })).toBeVisible()
  const arriving = page.waitForEvent('download')
  await request.getByRole('link', { name: '証跡.pdf' }).click()
  const download = await arriving
  expect(download.suggestedFilename()).toBe('証跡.pdf')
  expect(await readFile(await download.path())).toEqual(PDF)
  await request.getByRole('button', { name: /^Approve/ }).click()
  const approval = page.getByRole('alertdialog')
  await approval.getByRole('button', { name: 'Approve' }).click()
  await expect(approval.getByText(/^Enter a note/)).toBeVisible()
  await approval.getByLabel(/^Note/).fill('The firewall was tested')
  await approval.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByText('No exceptions waiting for approval')).toBeVisible()
  await asker.reload()
  await expect(asker.getByRole('main').getByText('Risk accepted').first()).toBeVisible()
  await asker.goto(`/findings?account=${account}`)
  await expect(asker.getByRole('table', { name: 'Findings' }).getByRole('row')).toHaveCount(2)

  await asker.goto('/exceptions')
  await asker.getByRole('button', { name: 'New rule' }).click()
  await form.getByLabel('Control', { exact: true }).fill('IAM.*')
  await form.getByLabel(/^Last day/).fill(dayFromNow(30))
  await form.getByLabel(/^Reason/).fill('Made-up people')
  // Other tests may have left critical or high findings that the rule covers.
  await form.getByLabel(/^Compensating controls/).fill('They cannot sign in')
  await pressedAtOnce(asker, 'Request approval')
  await form.getByRole('button', { name: 'Preview findings' }).click()
  await expect(asker.getByRole('link', { name: /^Waiting for approval 1$/ })).toBeVisible()
  await theirs.close()

  await page.reload()
  await page.getByRole('button', { name: /^Approve/ }).click()
  // Who approves sees what it would cover, as the one who asked.
  const question = page.getByRole('alertdialog')
  await expect(question.getByText(/^Covers [1-9]\d* open findings? now$/)).toBeVisible()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: /^Reject/ }).click()
  await question.getByLabel(/^Note/).fill('They are not made up')
  await question.getByRole('button', { name: 'Reject' }).click()
  await expect(page.getByText('No exceptions waiting for approval')).toBeVisible()
})

test('a severe finding that is postponed far opens the request that it needs', async ({ console: page }) => {
  const report = securityHubReport('770000000013', [{ control: 'S3.2', severity: 'CRITICAL', resource: 'late-bucket' }])
  await sendReport(page, 'late.json', report)
  await speak(page, 'English')
  await page.goto('/findings?account=770000000013')
  await page.getByRole('link', { name: /S3 general purpose/ }).click()
  await page.getByRole('button', { name: /Change.*due/i }).click()
  const due = page.getByRole('dialog')
  await due.getByLabel(/^Due/).fill(dayFromNow(300))
  await due.getByLabel(/^Reason/).fill('The migration ends then')
  await due.getByRole('button', { name: 'Save' }).click()
  const request = page.getByRole('dialog', { name: 'Request exception' })
  await expect(request.getByLabel(/^Last day/)).toHaveValue(dayFromNow(300))
  await expect(request.getByLabel(/^Reason/)).toHaveValue('The migration ends then')
})

test('a routing rule and a due-date policy are previewed before they are saved', async ({ console: page }) => {
  await reported(page)
  await page.goto('/settings/routing')
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const rule = page.getByRole('dialog')
  await rule.getByLabel(/^Name/).fill('Keys to CSIRT')
  await rule.getByLabel('Control').fill('IAM.3')
  await rule.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await expect(page.getByText(/findings? moves?$/)).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/Last changed by/)).toBeVisible()

  await page.goto('/settings/due-dates')
  await page.getByLabel('Other findings: days until due: Default, Medium').fill('30')
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await expect(page.getByText(/^The dates of \d+ findings? changes?$/)).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/Last changed by/)).toBeVisible()
})

test('the CSV of a tool is read by a mapping that was made from a sample', async ({ console: page }) => {
  await page.goto('/settings/csv')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'New mapping' }).click()
  await page.getByLabel(/^Name/).fill('House scanner')
  const csv = 'Acct,Target,Rule\n770000000012,web-1,=no-root\n'
  const file = { name: 'house.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
  await page.getByLabel('Choose a sample file').setInputFiles(file)
  for (const [field, column] of [
    ['Resource', 'Target'],
    ['Check', 'Rule'],
    ['Account', 'Acct'],
  ] as const) {
    await page
      .getByRole('button', { name: new RegExp(`${field}$`) })
      .first()
      .click()
    // The list of the field before may still fade out.
    const options = page.getByRole('listbox', { name: field, exact: true })
    await options.getByRole('option', { name: column, exact: true }).click()
  }
  await page.getByRole('button', { name: 'Preview rows' }).click()
  await expect(page.getByRole('row', { name: /web-1/ })).toContainText('=no-root')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Edit “House scanner”' })).toBeVisible()
})

test('findings are grouped, and downloaded as CSV, JSON and Excel', async ({ console: page }) => {
  await reported(page)
  await page.goto('/findings?group=control')
  await page.getByRole('link', { name: /IAM users' access keys/ }).click()
  await expect(page).toHaveURL(/control=IAM\.3/)
  for (const [name, file] of [
    ['CSV', 'findings.csv'],
    ['JSON', 'findings.json'],
    ['Excel', 'findings.xlsx'],
  ] as const) {
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name, exact: true }).click()
    expect((await download).suggestedFilename()).toBe(file)
  }
})

test('the control that fails in most accounts is found by three presses', async ({ console: page }) => {
  for (const each of ['770000000014', '770000000015'])
    await sendReport(
      page,
      `${each}.json`,
      securityHubReport(each, [{ control: 'RDS.3', severity: 'LOW', resource: `database-${each}` }]),
    )
  await speak(page, 'English')
  await page.goto('/findings?text=database-7700')
  await page.getByRole('button', { name: /Group/ }).click()
  await page.getByRole('option', { name: 'By control', exact: true }).click()
  await page.getByRole('columnheader', { name: 'Accounts' }).getByRole('link').click()
  await expect(page).toHaveURL(/order=accounts/)
  await expect(page.getByRole('columnheader', { name: 'Accounts' })).toHaveAttribute('aria-sort', 'descending')
  const first = page.getByRole('row', { name: /RDS DB instances/ })
  await first.getByRole('link', { name: '2', exact: true }).first().click()
  await expect(page).toHaveURL(/group=account/)
  await expect(page.getByRole('rowheader')).toHaveCount(2)
})
