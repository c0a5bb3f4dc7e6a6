import { iamReport, iamUser } from '../support/iam-report'
import { expect, sendReport, speak, test } from './console-fixtures'

const account = '770000000041'
const key = 'AKIAEXAMPLE000000041'
const day = new Date('2026-11-20T01:02:03.000Z')

test.describe.configure({ mode: 'serial' })

test('a key that a pipeline uses is in the ledger with its reasons and what replaces it', async ({ console: page }) => {
  await page.goto('/access-keys')
  await speak(page, 'English')
  const policies = { attachedPolicies: ['arn:aws:iam::aws:policy/AmazonECS_FullAccess'] }
  const deploy = iamUser(account, 'e2e-github-deploy', [{ id: key, service: 'ecr' }], policies)
  await sendReport(page, 'iam.ndjson', iamReport(account, day, [deploy]))
  await page.goto(`/access-keys?text=${key}`)
  const row = page.getByRole('table', { name: 'Access keys' }).getByRole('row').nth(1)
  await expect(row).toContainText('Pipeline')
  await expect(row).toContainText('Does not trust GitHub Actions yet')
  await row.getByRole('link', { name: 'e2e-github-deploy' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Access key of e2e-github-deploy')
  const reasons = page.getByRole('table', { name: 'Does a pipeline use it?' })
  await expect(
    reasons.getByRole('row', { name: /Last used for a service that deployments call ecr Applies \+15/ }),
  ).toBeVisible()
  await expect(reasons.getByRole('row', { name: /Called by a tool of a CI system Not examined/ })).toBeVisible()
  await page.getByText('Show .github/workflows/deploy.yml').click()
  await expect(page.getByText(`role-to-assume: arn:aws:iam::${account}:role/e2e-github-deploy-oidc`)).toBeVisible()
  await page.getByRole('link', { name: 'CircleCI' }).click()
  await expect(page).toHaveURL(/system=circleci/)
  await expect(page.getByText('Show .circleci/config.yml')).toBeVisible()
})

test('a person takes a key out of the pipelines, and puts it back', async ({ console: page }) => {
  await page.goto(`/access-keys/${account}/${key}`)
  await speak(page, 'English')
  await page.getByRole('button', { name: 'No pipeline uses it' }).click()
  await expect(page.getByText(/^Set by .+ on /)).toBeVisible()
  await page.goto(`/access-keys?text=${key}&use=pipeline`)
  await expect(page.getByText('No matching access keys')).toBeVisible()
  await page.goto(`/access-keys/${account}/${key}`)
  await page.getByRole('button', { name: 'Decide by the rules' }).click()
  await expect(page.getByText(/^Set by .+ on /)).toHaveCount(0)
  await page.goto(`/access-keys?text=${key}&use=pipeline`)
  await expect(page.getByRole('table', { name: 'Access keys' }).getByRole('row')).toHaveCount(2)
})

test('a key that is gone counts as replaced', async ({ console: page }) => {
  const later = new Date(day.getTime() + 86_400_000)
  await sendReport(page, 'iam-later.ndjson', iamReport(account, later, []))
  await page.goto(`/access-keys?text=${key}&state=gone`)
  await speak(page, 'English')
  const row = page.getByRole('table', { name: 'Access keys' }).getByRole('row').nth(1)
  await expect(row).toContainText('Deleted')
  await expect(row).toContainText('Nov 21, 2026')
})
