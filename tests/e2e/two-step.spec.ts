import type { Browser, Page } from '@playwright/test'
import { codeOf } from '../support/authenticator-app'
import { expect, speak, test } from './console-fixtures'
import { inspect } from './inspect'

const password = 'four unrelated words here'

/** Invites somebody who joins in a browser of their own. */
async function join(admin: Page, browser: Browser, email: string, role: string): Promise<Page> {
  await admin.goto('/settings/members')
  await speak(admin, 'English')
  await admin.getByRole('button', { name: 'Invite a member' }).click()
  const dialog = admin.getByRole('dialog').or(admin.getByRole('alertdialog'))
  await dialog.getByLabel('E-mail address').fill(email)
  if (role !== 'Member') {
    await dialog.getByRole('button', { name: /Role/ }).click()
    await admin.getByRole('option', { name: role }).click()
  }
  await dialog.getByRole('checkbox', { name: 'SRE' }).check({ force: true })
  await dialog.getByRole('button', { name: 'Create link' }).click()
  const link = (await dialog.getByText(/\/invite#token=/).textContent()) ?? ''
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
  await page.goto(link)
  await page.getByLabel('Name', { exact: true }).fill(email.split('@')[0] ?? '')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()
  return page
}

async function givePassword(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
}

const secretOf = async (page: Page) => (await page.getByTestId('totp-secret').textContent()) ?? ''

test('a member sets up an authenticator app, and signs in with its code and with a recovery code', async ({
  console: admin,
  browser,
}) => {
  test.slow()
  const email = 'two-step@example.com'
  const page = await join(admin, browser, email, 'Member')
  await page.goto('/settings/profile')
  const panel = page.getByRole('region', { name: 'Multi-factor authentication (MFA)' })
  await inspect(page, 'profile-off')
  await panel.getByRole('button', { name: 'Set up authenticator app' }).click()
  const secret = await secretOf(page)
  expect(secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
  await expect(panel.getByRole('img', { name: /QR code/ })).toBeVisible()
  await inspect(page, 'profile-scan')
  await panel.getByLabel('Code from the app').fill('12345')
  await panel.getByRole('button', { name: 'Turn on' }).click()
  await expect(panel.getByText(/This code is wrong/)).toBeVisible()
  await panel.getByLabel('Code from the app').fill(codeOf(secret, -1))
  await panel.getByRole('button', { name: 'Turn on' }).click()
  const codes = panel.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const [recovery = ''] = await codes.allTextContents()
  await inspect(page, 'profile-codes')
  const download = page.waitForEvent('download')
  await panel.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe('hinomi-recovery-codes.txt')
  await panel.getByRole('button', { name: 'I have saved the codes' }).click()
  await expect(panel.getByText('10 of 10 codes left.')).toBeVisible()
  await inspect(page, 'profile-on')

  await signOut(page, 'two-step')
  await givePassword(page, email)
  await expect(page.getByRole('heading', { name: 'Multi-factor authentication (MFA)' })).toBeVisible()
  await inspect(page, 'verify')
  await page.goto('/findings')
  await expect(page.getByRole('heading', { name: 'Multi-factor authentication (MFA)' })).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/sign-in/verify')
  const field = page.getByLabel('Code from your authenticator app')
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code')
  await expect(field).toHaveAttribute('inputmode', 'numeric')
  await field.fill(codeOf(secret))
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.waitForURL(/\/findings$/)

  await signOut(page, 'two-step')
  await givePassword(page, email)
  await page.getByRole('button', { name: 'Back to sign-in' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await givePassword(page, email)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await inspect(page, 'verify-recovery')
  await page.getByLabel('Recovery code').fill(recovery)
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()
  await page.goto('/settings/profile')
  await expect(panel.getByText('9 of 10 codes left.')).toBeVisible()
  await page.context().close()
})

test('a role that needs a second factor has to set one up, and an administrator sees and resets it', async ({
  console: admin,
  browser,
}) => {
  test.slow()
  const email = 'must-enrol@example.com'
  const page = await join(admin, browser, email, 'Auditor')
  await admin.goto('/settings/sign-in')
  await inspect(admin, 'policy')
  await admin.getByRole('checkbox', { name: /^Administrator/ }).check({ force: true })
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByText(/Your own role would require a second factor/)).toBeVisible()
  await admin.getByRole('checkbox', { name: /^Administrator/ }).uncheck({ force: true })
  await admin.getByRole('checkbox', { name: /^Auditor/ }).check({ force: true })
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByText(/open session has to set up/)).toBeVisible()

  await page.goto('/findings')
  await expect(page.getByRole('heading', { name: 'Set up multi-factor authentication' })).toBeVisible()
  await inspect(page, 'enrol')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  await page.getByLabel('Code from the app').fill(codeOf(await secretOf(page)))
  await inspect(page, 'enrol-scan')
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByRole('listitem')).toHaveCount(10)
  await inspect(page, 'enrol-codes')
  await page.getByRole('button', { name: /continue/ }).click()
  await page.waitForURL(/\/findings$/)

  await admin.goto('/settings/members')
  const row = admin.getByRole('row', { name: /must-enrol/ })
  await expect(row).toContainText('Authenticator app')
  await inspect(admin, 'members')
  await row.getByRole('button', { name: /Actions for/ }).click()
  await admin.getByRole('menuitem', { name: 'Reset multi-factor authentication' }).click()
  await admin.getByRole('alertdialog').getByRole('button', { name: 'Reset multi-factor authentication' }).click()
  await expect(row).toContainText('None')
  await page.goto('/findings')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await admin.goto('/settings/sign-in')
  await admin.getByRole('checkbox', { name: /^Auditor/ }).uncheck({ force: true })
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByText('Saved')).toBeVisible()
  await page.context().close()
})
