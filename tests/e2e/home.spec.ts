import { expect, speak, test } from './console-fixtures'

test("the start leads to the reader's team, whose numbers lead to their lists", async ({ console: page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/teams\/(sre|csirt|cit)$/)
  await speak(page, 'English')
  await expect(page.getByRole('heading', { level: 1, name: / home$/ })).toBeVisible()
  // Rules that were saved just before may still move findings from team to team: read until both pages tell of one moment.
  await expect(async () => {
    await page.goto('/')
    const open = page.getByRole('link', { name: /^Open findings: / })
    const count = (await open.getAttribute('aria-label'))?.replace('Open findings: ', '')
    await open.click()
    await expect(page).toHaveURL(/\/findings\?team=/)
    await expect(page.getByRole('strong').filter({ hasText: new RegExp(`^${count} finding`) })).toBeVisible({
      timeout: 2_000,
    })
  }).toPass()
})

test('a word that is no team is not found', async ({ console: page }) => {
  await page.goto('/teams/nobody')
  await expect(page.getByRole('heading', { name: /見つかりません|Not found/ })).toBeVisible()
})
