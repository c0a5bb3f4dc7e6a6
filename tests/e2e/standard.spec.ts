import { expect, sendReport, speak, test } from './console-fixtures'

const account = '770000000041'
const denied = '770000000042'

test.describe.configure({ mode: 'serial' })

/** A collected report of the settings of Amazon EC2 in two Regions, one of which may be denied. */
function collectedReport(id: string, secondDenied: boolean): string {
  const observedAt = new Date(Date.now() - 60_000).toISOString()
  const data = {
    ebsEncryption: false,
    snapshotBlock: 'block-all-sharing',
    imageBlock: 'block-new-sharing',
    httpTokens: 'required',
    httpTokensEnforced: null,
  }
  const regions = ['ap-northeast-1', 'us-east-1'].filter((_, n) => n === 0 || !secondDenied)
  const settings = regions.map(region => ({
    inventory: 1,
    account: id,
    region,
    type: 'AWS::EC2::AccountSettings',
    arn: `arn:aws:iam::${id}:root`,
    name: id,
    data,
    observedAt,
  }))
  const cells = ['ap-northeast-1', 'us-east-1'].map(region => {
    const state = regions.includes(region) ? 'ok' : 'denied'
    const action = state === 'denied' ? { action: 'ec2:GetEbsEncryptionByDefault' } : {}
    return {
      coverage: 1,
      account: id,
      region,
      collector: 'ec2',
      state,
      complete: state === 'ok',
      records: state === 'ok' ? 1 : 0,
      ...action,
    }
  })
  const header = { collection: 1, account: id, collector: 'ec2', startedAt: observedAt, whole: true }
  return [header, ...settings, ...cells].map(line => `${JSON.stringify(line)}\n`).join('')
}

test('collected settings are checked, and the matrix leads to findings and to the coverage', async ({
  console: page,
}) => {
  test.slow()
  await page.goto('/standard')
  await speak(page, 'English')
  await sendReport(page, 'ec2.ndjson', collectedReport(account, false))
  await sendReport(page, 'ec2-denied.ndjson', collectedReport(denied, true))
  // Checks wait until no other report has arrived for a while.
  await expect(async () => {
    await page.goto(`/standard?text=${denied}&state=failed`)
    await expect(page.getByRole('table', { name: 'Accounts and checks' })).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 90_000, intervals: [1000] })
  await page.goto('/standard?text=77000000004')
  const grid = page.getByRole('table', { name: 'Accounts and checks' })
  const row = grid.getByRole('row', { name: account })
  await expect(row.getByRole('cell', { name: 'Passed' }).first()).toBeVisible()
  const blind = grid.getByRole('row', { name: denied }).getByRole('link', { name: 'Not examined' }).first()
  await expect(blind).toHaveAttribute('href', new RegExp(`^/coverage/${denied}`))
  await row.getByRole('link', { name: 'Failed: 2' }).click()
  const open = 'new,acknowledged,in_progress,suppressed'
  await expect(page).toHaveURL(new RegExp(`/findings\\?account=${account}&status=${open}&control=EC2.7`))
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('the head of a column opens the check, with its result in each account', async ({ console: page }) => {
  await page.goto('/standard?text=77000000004')
  await speak(page, 'English')
  const grid = page.getByRole('table', { name: 'Accounts and checks' })
  await grid.getByRole('link', { name: 'EBS encryption by default' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'EBS encryption by default' })).toBeVisible()
  await expect(page.getByText('EBS default encryption should be enabled')).toBeVisible()
  await expect(page.getByText('New EBS volumes are not encrypted by default.')).toBeVisible()
  const results = page.getByRole('table', { name: 'Results by account' })
  await expect(results.getByRole('row', { name: account })).toContainText('Failed')
  await expect(results.getByRole('row', { name: denied })).toContainText('Failed')
  await results.getByRole('row', { name: account }).getByRole('link', { name: '2 findings' }).click()
  await expect(page).toHaveURL(new RegExp(`/findings\\?account=${account}&.*control=EC2.7`))
  await page.goto('/standard/public-snapshots?state=unexamined')
  await expect(page.getByRole('table').getByRole('row', { name: denied })).toContainText(
    'ec2:GetEbsEncryptionByDefault denied',
  )
})

test('the page of an account lists what it lacks', async ({ console: page }) => {
  await page.goto(`/accounts/${denied}`)
  await speak(page, 'English')
  const list = page.getByRole('region', { name: 'Usage standard' })
  await expect(list.getByText('New account: work through this list first.')).toBeVisible()
  await expect(list.getByRole('link', { name: 'EBS encryption by default' })).toBeVisible()
  await list
    .getByText(/not examined$/)
    .last()
    .click()
  await expect(list.getByText('ec2:GetEbsEncryptionByDefault denied').first()).toBeVisible()
})

test('an administrator disables a check with a reason and publishes the standard', async ({ console: page }) => {
  await page.goto('/settings/standard')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Disable a check' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disable a check' })
  await dialog.getByRole('button', { name: /Check/ }).click()
  await page.getByRole('option', { name: 'EBS encryption by default' }).click()
  await dialog.getByLabel('Reason').fill('Encrypted by the <b>pipeline</b>')
  await dialog.getByRole('button', { name: 'Add' }).click()
  await expect(page.getByText('Encrypted by the <b>pipeline</b>')).toBeVisible()
  await page.getByLabel('Title (English)').fill('Cloud rules of Example')
  await page.getByLabel('Introduction (English)').fill('What every account has to keep to.')
  await page.getByText('Publish the page').click()
  await page.getByRole('button', { name: 'Save' }).last().click()
  await expect(page.getByText(/^Last changed by/)).toHaveCount(2)
  await page.goto('/standard/document')
  await expect(page.getByRole('heading', { level: 1, name: 'Cloud rules of Example' })).toBeVisible()
  await expect(page.getByText('Disabled: all environments. Encrypted by the <b>pipeline</b>')).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('navigation').first()).toBeHidden()
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  await expect(page.locator('header').first()).toBeHidden()
  // A4 without margins, landscape and upright: the page alone, in one column that is as wide as the paper.
  for (const paper of [
    { width: 1123, height: 794 },
    { width: 794, height: 1123 },
  ]) {
    await page.setViewportSize(paper)
    const printed = await page.getByRole('main').boundingBox()
    expect(printed?.x).toBeLessThanOrEqual(8)
    expect(printed?.width).toBeGreaterThan(paper.width - 32)
  }
  await page.emulateMedia({ media: null })
})
