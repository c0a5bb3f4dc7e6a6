import type AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { iamReport, iamUser } from '../support/iam-report'
import { expect, securityHubReport, sendReport, test } from './console-fixtures'
import { axeIn, setTheme } from './inspect'

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
  const user = iamUser(account, 'a11y-github-deploy', [{ id: 'AKIAEXAMPLE000000044', service: 'ecr' }])
  await sendReport(page, 'a11y-iam.ndjson', iamReport(account, new Date(), [user]))
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
    '/settings/teams',
    '/settings/routing',
    '/settings/due-dates',
    '/settings/severities',
    '/settings/csv',
    '/exceptions',
    '/exceptions?list=over',
    '/access-keys',
    `/access-keys/${account}/AKIAEXAMPLE000000044`,
    '/waf',
    '/standard',
    '/standard/imdsv2',
    '/standard/document',
    '/control?id=S3.2',
    '/sources',
    '/sources/security-hub',
    '/settings/standard',
    '/settings/closing',
    '/settings/sign-in',
    '/settings/account-rules',
    '/coverage',
    `/coverage/${account}`,
    '/settings/connections',
    '/frameworks',
    '/findings?group=control',
    '/settings/audit',
    '/nowhere',
  ]
}

test('every page is free of axe violations in both themes, and scrolls sideways neither on a phone nor at 200 % zoom', async ({
  console: page,
}) => {
  test.setTimeout(300_000)
  const problems: string[] = []
  for (const address of await addresses(page)) {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1280, height: 844 })
    await page.goto(address)
    await page.getByRole('main').waitFor()
    await page.waitForLoadState('networkidle')
    const add = (found: string[], where = '') => problems.push(...found.map(each => `${address}${where}: ${each}`))
    add(await violations(axeIn(page)))
    // Of what axe looks at, a theme changes colours alone.
    await setTheme(page, 'dark')
    add(await violations(axeIn(page).withRules('color-contrast')), ', dark')
    // 1280 pixels at 200 % are 640.
    for (const width of [640, 390]) {
      await page.setViewportSize({ width, height: 844 })
      // Charts follow the width of the window a moment later.
      const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, {
        timeout: 3000,
      })
      await fits.catch(() => add(['wider than the window'], ` at ${width}`))
      add(await violations(axeIn(page).withRules('target-size')), ` at ${width}`)
    }
  }
  expect(problems).toEqual([])
})

async function violations(axe: AxeBuilder): Promise<string[]> {
  return (await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.length}, ${nodes[0]?.html}`)
}
