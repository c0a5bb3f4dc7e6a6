import { expect, speak, test } from './console-fixtures'

test("the start leads to the reader's team, whose numbers lead to their lists", async ({ console: page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/(sre|csirt|cit)$/)
  await speak(page, 'English')
  await expect(page.getByRole('heading', { level: 1, name: / home$/ })).toBeVisible()
  const open = page.getByRole('link', { name: /^Open findings: / })
  const count = (await open.getAttribute('aria-label'))?.replace('Open findings: ', '')
  await open.click()
  await expect(page).toHaveURL(/\/findings\?team=/)
  await expect(page.getByRole('strong').filter({ hasText: new RegExp(`^${count} finding`) })).toBeVisible()
})

test('a word that is no team is not found', async ({ console: page }) => {
  await page.goto('/nobody')
  await expect(page.getByRole('heading', { name: /見つかりません|Not found/ })).toBeVisible()
})
