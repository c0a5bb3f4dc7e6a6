import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, securityHubReport, sendReport, test } from './console-fixtures'

const account = '770000000004'

/** The pages to look at; those of one thing are reached from their lists. */
async function addresses(page: Page): Promise<string[]> {
  const id = await sendReport(
    page,
    'a11y.json',
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'a11y-bucket' },
      { control: 'EC2.19', severity: 'HIGH', resource: 'a11y-group' },
      { control: 'IAM.3', severity: 'MEDIUM', resource: 'a11y-user' },
    ]),
  )
  await page.goto(`/findings?account=${account}`)
  const finding = await page.getByRole('rowheader').getByRole('link').first().getAttribute('href')
  return [
    '/',
    '/findings',
    '/findings?text=nothing-is-called-this',
    finding ?? '',
    '/accounts',
    `/accounts/${account}`,
    '/imports',
    `/imports/${id}`,
    '/settings/profile',
    '/settings/members',
    '/settings/tokens',
    '/settings/routing',
    '/settings/due-dates',
    '/settings/csv',
    '/exceptions',
    '/exceptions?list=over',
    '/findings?group=control',
    '/settings/audit',
    '/nowhere',
  ]
}

for (const scheme of ['light', 'dark'] as const) {
  test(`every page is free of axe violations in the ${scheme} theme`, async ({ console: page }) => {
    test.slow()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const address of await addresses(page)) {
      await page.goto(address)
      await page.getByRole('main').waitFor()
      await page.waitForLoadState('networkidle')
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(
        violations.map(violation => `${address}: ${violation.id}: ${violation.nodes[0]?.html}`),
        address,
      ).toEqual([])
    }
  })
}

test('no page scrolls sideways on a phone, nor at 200 % zoom', async ({ console: page }) => {
  test.slow()
  const all = await addresses(page)
  // 1280 pixels at 200 % are 640.
  for (const width of [390, 640]) {
    await page.setViewportSize({ width, height: 844 })
    for (const address of all) {
      await page.goto(address)
      await page.getByRole('main').waitFor()
      await page.waitForLoadState('networkidle')
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        `${address} at ${width}`,
      ).toBeLessThanOrEqual(width)
    }
  }
})
