import { expect, signIn, speak, test } from './console-fixtures'
import { sql } from './database'
import { expectNoViolations } from './inspect'

const password = process.env.E2E_PASSWORD ?? ''

/** As if everybody had signed in an hour ago. */
const age = () => sql(`UPDATE session SET verified_at = verified_at - interval '1 hour'`)

test('an old session makes a token after its member confirmed that it is them', async ({ console: page }) => {
  test.slow()
  await page.goto('/settings/tokens')
  await speak(page, 'English')
  await age()
  await page.getByRole('button', { name: 'Create a token' }).click()
  const form = page.getByRole('dialog', { name: 'Create a token' })
  await form.getByLabel('Name').fill('Confirmed token')
  await form.getByRole('button', { name: 'Create a token' }).click()
  const confirm = page.getByRole('alertdialog', { name: 'Confirm your identity' })
  await expect(confirm.getByLabel('Password')).toBeFocused()
  await expectNoViolations(page, 'dialog')

  await confirm.getByLabel('Password').fill('not the password at all')
  await confirm.getByRole('button', { name: 'Confirm and continue' }).click()
  await expect(confirm.getByText('The password is wrong.')).toBeVisible()
  await confirm.getByRole('button', { name: 'Cancel' }).click()
  await expect(confirm).toBeHidden()
  // Nothing that was typed is lost.
  await expect(form.getByLabel('Name')).toHaveValue('Confirmed token')

  await form.getByRole('button', { name: 'Create a token' }).click()
  await confirm.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('secret')).toHaveText(/^hin_/)
  await page.getByRole('alertdialog').getByRole('button', { name: 'I have saved it' }).click()
  await expect(page.getByRole('rowheader', { name: /Confirmed token/ })).toBeVisible()
})

test('an old session downloads all findings after its member confirmed that it is them', async ({ console: page }) => {
  test.slow()
  await page.goto('/findings')
  await speak(page, 'English')
  await age()
  await page.getByRole('link', { name: /CSV/ }).click()
  const confirm = page.getByRole('alertdialog', { name: 'Confirm your identity' })
  await confirm.getByLabel('Password').fill(password)
  const download = page.waitForEvent('download')
  await confirm.getByRole('button', { name: 'Confirm and continue' }).click()
  expect((await download).suggestedFilename()).toBe('findings.csv')
})

test('a sign-in in another browser is shown in the first one until its member confirms it', async ({
  console: page,
  browser,
}) => {
  test.slow()
  // What happened before is known.
  await sql('UPDATE member SET notices_seen_at = now()')
  await page.goto('/')
  await speak(page, 'English')
  const banner = page.getByRole('region', { name: 'New activity on your account' })
  await expect(banner).toBeHidden()

  const theirs = await browser.newContext({ locale: 'en-US' })
  const second = await theirs.newPage()
  await signIn(second)
  await speak(second, 'English')
  const told = second.getByRole('region', { name: 'New activity on your account' })
  await expect(told).toContainText('Sign-in from a new device')
  // Knowing of it there silences it there alone.
  await told.getByRole('button', { name: 'I recognize these' }).click()
  await expect(told).toBeHidden()

  await page.reload()
  await expect(banner).toContainText('Sign-in from a new device')
  await expect(banner).toContainText(/Chrome, \w+ · .* · /)
  await expectNoViolations(page, 'banner')
  await banner.getByRole('link').click()
  await expect(page).toHaveURL(/\/settings\/profile#activity$/)
  const list = page.getByRole('region', { name: 'Account activity' })
  await expect(list.getByRole('rowheader', { name: 'Sign-in from a new device' }).first()).toBeVisible()
  await list.scrollIntoViewIfNeeded()

  await speak(page, '日本語')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/')
    await page.goto('/settings/profile#activity')
    await expectNoViolations(page, 'profile')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  }
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.getByRole('button', { name: '確認しました' }).click()
  await expect(page.getByRole('region', { name: 'アカウントの新しいアクティビティ' })).toBeHidden()
  await page.reload()
  await expect(page.getByRole('region', { name: 'アカウントの新しいアクティビティ' })).toBeHidden()
  await theirs.close()
})
