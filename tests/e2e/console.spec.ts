import { expect, speak, test } from './console-fixtures'

test('the whole frame is in the language that the reader chooses', async ({ console: page }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  await expect(page.getByRole('heading', { level: 1, name: 'Findings' })).toBeVisible()
  await speak(page, '日本語')
  await expect(page.getByRole('heading', { level: 1, name: '検出結果' })).toBeVisible()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja')
})

test('the chosen theme is drawn at once on the next page', async ({ console: page }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Theme' }).click()
  const stored = page.waitForResponse(response => response.request().method() === 'POST')
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await stored
  const response = await page.goto('/accounts')
  expect(await response?.text()).toContain('data-theme="dark"')
})

test('the first Tab leads past the navigation', async ({ console: page }) => {
  await page.goto('/accounts')
  await speak(page, 'English')
  await page.goto('/accounts')
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})

test('Ctrl K goes anywhere by a few letters', async ({ console: page }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  const search = page.getByRole('combobox', { name: /search pages/i })
  // The page listens once its code has arrived, which on a busy machine is a moment after it is drawn.
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(search).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await search.fill('imports')
  await expect(page.getByRole('option', { name: /imports/i })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/imports$/)
})

test('an address that leads nowhere says so in the frame', async ({ console: page }) => {
  await page.goto('/findings/000000000000-00000000000000000000000000000000')
  await speak(page, 'English')
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()
})

test('signing out ends the session', async ({ console: page }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  await page.getByRole('button', { name: /^Menu for/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/sign-in/)
  await page.goto('/findings')
  await expect(page).toHaveURL(/\/sign-in/)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('the navigation waits behind a button', async ({ console: page }) => {
    await page.goto('/findings')
    await speak(page, 'English')
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'Accounts' }).click()
    await expect(page).toHaveURL(/\/accounts$/)
    await expect(page.getByRole('dialog')).toBeHidden()
  })
})
