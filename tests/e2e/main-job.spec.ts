import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000009'

test('a finding is assigned to a colleague, who signs in and finds it under their own', async ({
  console: page,
  browser,
}) => {
  await sendReport(
    page,
    'main-job.json',
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'job-bucket' },
      { control: 'KMS.4', severity: 'LOW', resource: 'job-key', status: 'PASSED' },
    ]),
  )
  await page.goto('/settings/members')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Invite a member' }).click()
  const invitation = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await invitation.getByLabel('E-mail address').fill('colleague@example.com')
  await invitation.getByRole('checkbox', { name: 'SRE' }).check({ force: true })
  await invitation.getByRole('button', { name: 'Create link' }).click()
  const link = (await invitation.getByText(/\/invite#token=/).textContent()) ?? ''
  expect(link).toMatch(/^http.*\/invite#token=.{20,}$/)

  const theirs = await browser.newContext({ locale: 'en-US' })
  const colleague = await theirs.newPage()
  await colleague.goto(link)
  await colleague.getByLabel('Name', { exact: true }).fill('Kenji Colleague')
  await colleague.getByLabel('Password').fill('four unrelated words here')
  await colleague.getByRole('button', { name: 'Join' }).click()
  const menu = colleague.getByRole('navigation', { name: 'Main navigation' })
  await expect(menu).toBeVisible()

  await page.goto(`/findings?account=${account}`)
  await page
    .getByRole('table', { name: 'Findings' })
    .getByRole('link', { name: /S3 general purpose/ })
    .click()
  await page.getByRole('button', { name: /^Change.*Owner/ }).click()
  const people = page.getByRole('dialog', { name: 'Choose an owner' })
  await people.getByRole('option', { name: /Kenji Colleague/ }).click()
  await expect(page.getByRole('main').getByText('Kenji Colleague', { exact: true }).first()).toBeVisible()

  await menu.getByRole('link', { name: /^My findings/ }).click()
  await expect(colleague.getByRole('table', { name: 'Findings' }).getByRole('row')).toHaveCount(2)
  await expect(colleague.getByRole('row', { name: /S3 general purpose/ })).toContainText('(you)')
  await theirs.close()
})
