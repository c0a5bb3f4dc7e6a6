import type { Page } from '@playwright/test'
import { expect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '444455556666'
const OVERRIDE = '\u202E'

// It looks at every page that shows text of reports.
test.slow()

/** A report whose every text holds a character that turns the text behind it. */
function hostileReport(): string {
  const { Findings } = JSON.parse(
    securityHubReport(account, [{ control: 'S3.2', severity: 'CRITICAL', resource: `bucket${OVERRIDE}x` }]),
  )
  const [first] = Findings
  const bad = {
    ...first,
    Title: `Title${OVERRIDE}elttiT`,
    Description: `Description${OVERRIDE}x`,
    AwsAccountName: `Account${OVERRIDE}x`,
    ProductName: `Product${OVERRIDE}x`,
    GeneratorId: `generator${OVERRIDE}x`,
    Region: 'ap-northeast-1',
    Compliance: { Status: 'FAILED', SecurityControlId: `C${OVERRIDE}.1` },
    Remediation: {
      Recommendation: { Text: `Remediation${OVERRIDE}x`, Url: 'https://docs.aws.amazon.com@evil.example/' },
    },
    Resources: [{ ...first.Resources[0], Type: `Type${OVERRIDE}x`, Tags: { [`k${OVERRIDE}`]: `v${OVERRIDE}` } }],
  }
  const other = { ...bad, Id: `${bad.Id}/2`, Resources: [...bad.Resources, { Type: 'Other', Id: `other${OVERRIDE}x` }] }
  const rejected = { ...bad, Id: 'x', AwsAccountId: `1${OVERRIDE}2` }
  return JSON.stringify({ Findings: [bad, other, rejected] })
}

/** What a person or a screen reader meets of the character: in texts, titles and labels. */
function foundIn(page: Page): Promise<string[]> {
  return page.evaluate(override => {
    // biome-ignore lint/performance/useDomNodeTextContent: the data in scripts, which nobody sees, stays as it is
    const texts = [document.title, document.body.innerText]
    for (const element of document.querySelectorAll('[title], [aria-label], [placeholder], option'))
      texts.push(
        ...['title', 'aria-label', 'placeholder'].map(name => element.getAttribute(name) ?? ''),
        element.textContent ?? '',
      )
    return texts.filter(text => text.includes(override))
  }, OVERRIDE)
}

test('characters of a report that turn text are shown as their numbers', async ({ console: page }) => {
  const run = await sendReport(page, `report${OVERRIDE}nosj.json`, hostileReport(), 'partial')
  await speak(page, 'English')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('report[U+202E]nosj.json')
  expect(await foundIn(page)).toEqual([])

  await page.goto(`/findings?account=${account}`)
  const row = page.getByRole('link', { name: 'Title[U+202E]elttiT' }).first()
  await expect(row).toBeVisible()
  expect(await foundIn(page)).toEqual([])
  await row.click()
  await page.waitForURL(/\/findings\/\d{12}-/)
  await expect(page.getByText('Description[U+202E]x').first()).toBeVisible()
  await expect(page).toHaveTitle(/Title\[U\+202E\]elttiT/)
  for (const details of await page.locator('main details').all()) await details.locator('summary').click()
  await page.getByRole('button', { name: /raw/i }).first().click()
  await expect(page.locator('pre').first()).toContainText('[U+202E]')
  expect(await foundIn(page)).toEqual([])

  // The link is said, with the host that it really leads to, and cannot be followed.
  await expect(page.getByText(/links to evil\.example\./)).toBeVisible()
  await expect(page.locator('main a[href*="evil.example"]')).toHaveCount(0)

  for (const path of [
    '/findings?group=control',
    '/findings?group=account',
    '/imports',
    `/imports/${run}`,
    '/accounts',
    `/accounts/${account}`,
    '/exceptions',
    '/settings/audit',
    '/',
  ]) {
    await page.goto(path)
    await expect(page.getByRole('main')).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(await foundIn(page), path).toEqual([])
  }

  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('combobox', { name: /search pages/i })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await page.getByRole('combobox', { name: /search pages/i }).fill('elttiT')
  await expect(page.getByRole('option', { name: /Title\[U\+202E\]/ }).first()).toBeVisible()
  expect(await foundIn(page)).toEqual([])
})
