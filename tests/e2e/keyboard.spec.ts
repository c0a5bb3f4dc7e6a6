import type { Page } from '@playwright/test'
import { expect, ready, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000061'
const list = `/findings?account=${account}`

async function start(page: Page): Promise<void> {
  await sendReport(
    page,
    'keyboard.json',
    securityHubReport(
      account,
      Array.from({ length: 24 }, (_, n) => ({
        control: n % 2 === 0 ? 'S3.2' : 'EC2.19',
        severity: 'HIGH' as const,
        resource: `keyboard-${n}`,
      })),
    ),
  )
  await page.goto(list)
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.tagName ?? '')

test('from a ticked row one key leads to the actions, and a few letters choose the owner', async ({
  console: page,
}) => {
  await start(page)
  await speak(page, 'English')
  await page.goto(list)
  const row = page.getByRole('checkbox', { name: /^Select “S3 general/ }).first()
  await ready(row)
  await row.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('F6')
  await expect(page.getByRole('button', { name: 'Assign', exact: true })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(row).toBeFocused()
  await page.keyboard.press('F6')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox')).toBeFocused()
  await expect(page.getByRole('option').first()).toBeVisible()
  await page.keyboard.type('admin')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^Assigned 1 finding to/)).toBeVisible()
  await expect.poll(() => focused(page)).not.toBe('BODY')
})

test('the focus stays on the page when the button that was pressed disappears', async ({ console: page }) => {
  await page.goto(`${list}&owner=none`)
  await speak(page, 'English')
  await page.getByRole('rowheader').getByRole('link').first().click()
  const take = page.getByRole('button', { name: 'Take it', exact: true })
  await ready(take)
  await take.press('Enter')
  await expect(take).toHaveCount(0)
  await expect.poll(() => focused(page)).toBe('SECTION')
  await page.getByRole('button', { name: 'Undo', exact: true }).press('Enter')
  await expect(page.getByText(/^Restored/)).toBeVisible()
  await expect.poll(() => focused(page)).not.toBe('BODY')
})

test('a list is searched while people type', async ({ console: page }) => {
  await page.goto(list)
  await speak(page, 'English')
  await ready(page.getByRole('searchbox'))
  await page.getByRole('searchbox').pressSequentially('keyboard-2')
  await expect(page).toHaveURL(/text=keyboard-2/)
  await expect(page.getByRole('searchbox')).toHaveValue('keyboard-2')
  await expect(page.getByRole('searchbox')).toBeFocused()
})

test('the palette finds members and settings', async ({ console: page }) => {
  await page.goto('/accounts')
  await speak(page, 'English')
  const field = page.getByRole('combobox', { name: /^Search pages/ })
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(field).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await field.fill('admin@example.com')
  await expect(page.getByRole('option', { name: /^Member.*admin@example.com/ })).toBeVisible()
  await field.fill('due dates')
  await page
    .getByRole('option', { name: /^Setting/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/settings\/due-dates$/)
})

test('English titles are marked as English for Japanese readers', async ({ console: page }) => {
  await page.goto(list)
  await speak(page, '日本語')
  await page.goto(list)
  // Titles of controls have Japanese texts; the name in the menu of the address is the source's.
  const row = page.getByRole('rowheader').first()
  await expect(row).toBeVisible()
  const english = await page.locator('main :not([lang])').evaluateAll(nodes =>
    nodes
      .filter(node => node.children.length === 0 && /[a-z]{3,} [a-z]{3,} [a-z]{3,}/.test(node.textContent ?? ''))
      .filter(node => node.closest('[lang]') === document.documentElement)
      .map(node => node.textContent),
  )
  expect(english).toEqual([])
})

test.describe('at a laptop', () => {
  for (const [language, width] of [
    ['日本語', 1280],
    ['English', 1280],
    ['English', 1366],
  ] as const) {
    test.describe(`${language}, ${width} pixels wide`, () => {
      test.use({ viewport: { width, height: 800 } })

      test('rows have two lines, so that eleven are seen at once', async ({ console: page }) => {
        await page.goto(list)
        await speak(page, language)
        await page.goto(list)
        await page.waitForLoadState('networkidle')
        const notice = page.getByRole('button', { name: /確認しました|I recognize/ })
        if (await notice.isVisible()) {
          await ready(notice)
          await notice.click()
          await expect(notice).toHaveCount(0)
        }
        const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') })
        await expect(rows).toHaveCount(24)
        const boxes = await rows.evaluateAll(all => all.map(row => row.getBoundingClientRect()))
        for (const box of boxes) expect(box.height).toBeLessThanOrEqual(46)
        expect(boxes.filter(box => box.bottom <= 800).length).toBeGreaterThanOrEqual(11)
      })
    })
  }
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('the whole page is ticked by a box that can be seen, and cards are short', async ({ console: page }) => {
    await page.goto(list)
    await speak(page, 'English')
    await page.goto(list)
    const box = page.getByRole('checkbox', { name: 'Select this page' })
    await ready(box)
    await expect(page.getByText('Select this page')).toBeInViewport()
    await page.getByText('Select this page').click()
    await expect(page.getByText('24 selected')).toBeVisible()
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') })
    const heights = await rows.evaluateAll(all => all.map(row => row.getBoundingClientRect().height))
    expect(Math.max(...heights)).toBeLessThanOrEqual(110)
  })
})
