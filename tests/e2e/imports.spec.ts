import { expect, ready, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000003'

test('a file becomes counts, and each count leads to its findings', async ({ console: page }) => {
  await page.goto('/imports')
  await speak(page, 'English')
  const id = await sendReport(
    page,
    'imports.json',
    securityHubReport(account, [
      { control: 'S3.2', severity: 'CRITICAL', resource: 'import-bucket' },
      { control: 'EC2.19', severity: 'HIGH', resource: 'import-group' },
    ]),
  )
  const created = page.getByRole('link', { name: '2', exact: true })
  await created.click()
  await expect(page).toHaveURL(new RegExp(`import=${id}.*change=created|change=created.*import=${id}`))
  await expect(page.getByText('2 findings', { exact: true })).toBeVisible()
})

test('a bad record is named with its reason, and the good one gets in', async ({ console: page }) => {
  await page.goto('/imports')
  await speak(page, 'English')
  const good = securityHubReport(account, [{ control: 'IAM.3', severity: 'MEDIUM', resource: 'import-user' }])
  const report: { Findings: unknown[] } = JSON.parse(good)
  report.Findings.push({ ...Object(report.Findings[0]), AwsAccountId: '12345' })
  await sendReport(page, 'half.json', JSON.stringify(report), 'partial')
  await expect(page.getByRole('heading', { name: 'Rejected records (1)' })).toBeVisible()
  await expect(page.getByText(/is not 12 digits/)).toBeVisible()
})

test('a file that is no report fails with a reason', async ({ console: page }) => {
  await page.goto('/imports')
  await speak(page, 'English')
  const input = page.locator('input[type=file]')
  await ready(input)
  await input.setInputFiles({ name: 'memo.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear colleague,\n') })
  await page.getByRole('list', { name: 'Files being sent' }).getByRole('link').click()
  await expect(page.getByText('This import failed')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/The content is not valid JSON/)).toBeVisible()
})

test('an account that is none is said so, and nothing is sent before it is mended', async ({ console: page }) => {
  await page.goto('/imports')
  await speak(page, 'English')
  const evaluation = {
    EvaluationResultIdentifier: { EvaluationResultQualifier: { ConfigRuleName: 'e2e-rule', ResourceId: 'i-e2e' } },
    ComplianceType: 'NON_COMPLIANT',
  }
  const file = {
    name: 'config.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ EvaluationResults: [evaluation] })),
  }
  await ready(page.locator('input[type=file]'))
  await page.getByLabel('Account (optional)').fill('12')
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(page.getByText(/An account ID has 12 digits/)).toBeVisible()
  await expect(page.getByText('config.json')).toHaveCount(0)
  await page.getByLabel('Account (optional)').fill('770000000099')
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('link', { name: /Received as import/ }).click()
  await expect(page.getByRole('main').getByText('770000000099').first()).toBeVisible()
})
