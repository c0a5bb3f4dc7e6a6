import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000077'
const markup = '<img src=x onerror="window.hinomiScript=1"><script>window.hinomiScript=1</script>'

test('markup in a report is shown as text', async ({ console: page }) => {
  const report = securityHubReport(account, [{ control: 'S3.2', severity: 'CRITICAL', resource: markup }])
  await sendReport(page, 'markup.json', report.replaceAll('S3 general', `${markup.replaceAll('"', '\\"')} S3 general`))
  await page.goto(`/findings?account=${account}`)
  await speak(page, 'English')
  await page
    .getByRole('link', { name: /S3 general/ })
    .first()
    .click()
  await expect(page.getByText(/^Reported as “/)).toContainText('<script>window.hinomiScript=1</script>')
  expect(await page.evaluate(() => 'hinomiScript' in window)).toBe(false)
  expect(await page.locator('img[src="x"]').count()).toBe(0)
})

test('passwords are masked, and can be pasted and filled in by a password manager', async ({ page }) => {
  await page.goto('/sign-in')
  const field = page.locator('input[name="password"]')
  await expect(field).toHaveAttribute('type', 'password')
  await expect(field).toHaveAttribute('autocomplete', 'current-password')
  await expect(page.locator('input[name="email"]')).toHaveAttribute('autocomplete', /username/)
  await field.focus()
  await page.keyboard.insertText('pasted in one piece')
  await expect(field).toHaveValue('pasted in one piece')
})

test('no cache keeps a page', async ({ console: page }) => {
  for (const path of ['/findings', '/settings/profile']) {
    const answer = await page.goto(path)
    expect(answer?.headers()['cache-control'], path).toContain('no-store')
  }
})

test('signing out without a connection leaves nothing of the page', async ({ console: page, context }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  await page.getByRole('button', { name: /^Menu for/ }).click()
  await context.setOffline(true)
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Findings' })).toHaveCount(0)
  await context.setOffline(false)
})
