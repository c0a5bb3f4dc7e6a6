import type { Locator, Page } from '@playwright/test'
import type { Emulator } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { HOME, HOME_REGION } from '../support/aws/identity/home'
import { createOrganisation, type Organisation } from '../support/aws/organisation/organisation'
import { startEmulator } from '../support/aws/start'
import { WORDS } from './collection-words'
import { expect as plainExpect, speak, test } from './console-fixtures'
import { endWaitForReports, sql } from './database'

type Language = keyof typeof WORDS

const NAME = 'Emulated organization'
/** Rounds and checks wait for others on a busy machine. */
const PATIENT = { timeout: 180_000, intervals: [500] }
const expect = plainExpect.configure({ timeout: 20_000 })

test.describe.configure({ mode: 'serial', timeout: 300_000 })

let emulator: Emulator
let organisation: Organisation

test.beforeAll(async () => {
  // Installing moto takes a while where it was not there yet.
  test.setTimeout(300_000)
  const started = await startEmulator({ port: Number(process.env.E2E_AWS_PORT) })
  if ('missing' in started) test.skip(true, `skipped: ${started.missing}`)
  else {
    emulator = started
    await emulator.reset()
  }
})

test.afterAll(async () => {
  await emulator?.stop()
})

interface Found {
  id: string
  control: string
  status: string
}

/** The open findings of an account, as the API of the page's session gives them. */
async function openIn(page: Page, account: string): Promise<Found[]> {
  const answer = await page.request.get(`/api/v1/findings?account=${account}&limit=200`)
  const { findings, total } = await answer.json()
  expect(findings).toHaveLength(total)
  return findings.map(({ id, control, status }: Found) => ({ id, control, status }))
}

const openInAll = async (page: Page) =>
  (await Promise.all(organisation.accounts.map(account => openIn(page, account)))).flat()

/** Waits until the full rounds so far have ended, and nothing waits for its import; `checked`: nor for its checks. */
async function waitForFullRounds(count: number, { checked }: { checked: boolean }): Promise<void> {
  const state = async () => {
    if (checked) await endWaitForReports()
    return sql(`SELECT (SELECT count(*)::int FROM collection_round WHERE kind = 'full' AND state = 'done') AS done,
      (SELECT count(*)::int FROM collection_round WHERE state IN ('planning', 'running'))
      + (SELECT count(*)::int FROM import WHERE state IN ('receiving', 'queued', 'running'))
      ${checked ? '+ (SELECT count(*)::int FROM check_run WHERE due_at IS NOT NULL)' : ''} AS open`)
  }
  await expect.poll(state, PATIENT).toEqual([{ done: count, open: 0 }])
}

/** Reads everything again, now. */
async function readAgain(page: Page, count: number, { checked }: { checked: boolean }): Promise<void> {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: NAME }).click()
  await page.getByRole('button', { name: /^Read now/ }).click()
  await expect(page.getByText('A full round has started.')).toBeVisible()
  await waitForFullRounds(count, { checked })
}

/** The cell of a check in the row of an account. */
async function verdict(grid: Locator, account: string, check: string): Promise<Locator> {
  const checks = await grid.locator('thead tr').last().getByRole('columnheader').allTextContents()
  expect(checks).toContain(check)
  return grid
    .getByRole('row', { name: new RegExp(account) })
    .getByRole('cell')
    .nth(checks.indexOf(check))
}

async function expectPages(page: Page, language: Language): Promise<void> {
  const words = WORDS[language]
  const { management, payments, sandbox } = organisation
  await speak(page, language)

  const open = await openIn(page, payments)
  await page.goto('/accounts')
  const row = page.getByRole('table', { name: words.accounts }).getByRole('row', { name: new RegExp(payments) })
  await expect(row).toContainText('payments')
  await expect(row.getByRole('cell').nth(2)).toHaveText(new RegExp(`^${open.length}\\D`))

  await page.goto(`/findings?account=${payments}&source=security-hub`)
  await expect(page.getByText(words.findings(2), { exact: true })).toBeVisible()

  await page.goto(`/waf?account=${payments}`)
  for (const name of words.rungs)
    await expect(page.getByRole('table', { name: words.ladder }).getByRole('row', { name })).toBeVisible()
  const entrances = page.getByRole('table', { name: words.entrances, exact: true }).getByRole('row')
  await expect(entrances).toHaveCount(3)
  await expect(entrances.filter({ hasText: 'backoffice' }).first()).toContainText(words.backoffice)
  await expect(entrances.filter({ hasText: 'backoffice' }).first()).toContainText(words.next)
  const shop = entrances.filter({ hasText: 'AWSManagedRulesCommonRuleSet (AWS/' })
  await expect(shop).toContainText(words.shop)
  for (const count of ['1,200', '40']) await expect(shop.getByRole('cell', { name: count, exact: true })).toBeVisible()

  await page.goto('/access-keys?text=github-actions-deploy')
  const keys = page.getByRole('table', { name: words.keys }).getByRole('row')
  await expect(keys).toHaveCount(2)
  for (const text of [...words.key, 'ecs · ap-northeast-1']) await expect(keys.last()).toContainText(text)

  await page.goto('/standard')
  const grid = page.getByRole('table', { name: words.matrix })
  await expect(grid).toBeVisible()
  for (const [check, names] of Object.entries(words.verdicts))
    for (const [n, account] of [management, payments, sandbox].entries())
      await expect(await verdict(grid, account, check), `${check} in ${account}`).toHaveAccessibleName(names[n] ?? '')

  await page.goto('/sources')
  const source = (name: string) =>
    page.getByRole('table', { name: words.sources }).getByRole('row', { name: new RegExp(`^${name} `) })
  for (const name of ['GuardDuty', 'Inspector', 'IAM Access Analyzer']) {
    await expect(source(name)).toContainText(words.reporting)
    await expect(source(name).getByRole('cell', { name: '3', exact: true }).first()).toBeVisible()
  }
  for (const text of words.advisor) await expect(source('Trusted Advisor')).toContainText(text)
  await expect(source('Macie')).toContainText(words.macie)

  await page.goto('/coverage')
  await expect(cell(page, language, payments, words.ok)).toBeVisible()
  await expect(cell(page, language, sandbox, words.noPlan)).toBeVisible()
}

/** A cell of the grid of coverage, by what is said of it. */
function cell(page: Page, language: Language, account: string, text: string): Locator {
  const grid = page.getByRole('table', { name: WORDS[language].grid })
  return grid.getByRole('row').filter({ hasText: account }).getByRole('link', { name: text })
}

test('one connection brings accounts, findings, WAF, keys, standard, sources and coverage', async ({
  console: page,
}) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Connect AWS' }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect AWS' })
  await dialog.getByLabel('Name', { exact: true }).fill(NAME)
  await dialog.getByLabel('Account ID').fill(HOME.account)
  await dialog.getByLabel('Role name').fill('HinomiReadOnly')
  await dialog.getByRole('button', { name: 'Add connection' }).click()
  await page.waitForURL(/\/settings\/connections\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByTestId('external-id')).toHaveText(/^[0-9a-f]{32}$/)
  const externalId = (await page.getByTestId('external-id').textContent()) ?? ''

  // Before the role exists, the test says so in both languages.
  const result = page.getByRole('status').filter({ hasText: /failed|失敗/ })
  for (const [language, run, failed, role] of [
    ['English', 'Test connection', '1 step failed', `The role in account ${HOME.account} cannot be assumed`],
    ['日本語', '接続をテスト', '1 件の手順が失敗', `アカウント ${HOME.account} のロールを引き受けることができません`],
  ] as const) {
    await speak(page, language)
    await page.getByRole('button', { name: run }).click()
    await expect(result).toContainText(failed)
    await expect(page.getByRole('listitem').filter({ hasText: role }).last()).toContainText('sts:AssumeRole')
  }

  // As long as the root of the organization is not known, the command finds it.
  await expect(page.getByText(/OrganizationalUnitIds="\$\(aws organizations list-roots /)).toBeVisible()

  organisation = await createOrganisation(emulator, externalId)
  await speak(page, 'English')
  // Steps are shown as they end: the first ones while a later one is still awaited.
  const hurry = emulator.fault({ service: 'kms', fault: { kind: 'slow', ms: 3000 } })
  await page.getByRole('button', { name: 'Test connection' }).click()
  await expect(page.getByText('The organization can be read')).toBeVisible()
  await expect(page.getByText('Testing. This takes up to a minute.')).toBeVisible()
  await expect(page.getByText('Everything that was tested works.')).toBeVisible({ timeout: 60_000 })
  hurry()
  for (const name of ['Security Hub CSPM', 'Inspector', 'Macie'])
    await expect(page.getByText(`${name}: nothing to read, or not tested`)).toHaveCount(1)

  await page.getByRole('button', { name: 'Start reading' }).click()
  await waitForFullRounds(1, { checked: true })
  await page.reload()
  await expect(
    page.getByRole('table', { name: 'Rounds' }).getByRole('row', { name: /^Full scheduled Done/ }),
  ).toBeVisible()

  await expect(page.getByText(/OrganizationalUnitIds=r-[0-9a-z]+$/)).toBeVisible()

  for (const language of ['English', '日本語'] as const) await expectPages(page, language)
  expect(emulator.unanswered).toEqual([])
})

test('a denied permission is named on the coverage and closes nothing, and once repaired only what changed changes', async ({
  console: page,
}) => {
  const { payments, sandbox } = organisation
  const before = await openInAll(page)
  const gone = ({ id }: Found) => id.startsWith(`${payments}-`)
  const allow = emulator.deny({ account: payments, region: HOME_REGION, action: 'securityhub:GetFindings' })
  const inPayments = { account: payments, region: HOME_REGION }
  emulator.store.remove('securityhub.finding', inPayments, ({ Compliance }) => Compliance?.SecurityControlId === 'S3.8')
  await readAgain(page, 2, { checked: false })
  for (const language of ['English', '日本語'] as const) {
    const words = WORDS[language]
    await speak(page, language)
    await page.goto('/coverage')
    await cell(page, language, payments, words.denied).click()
    await expect(page).toHaveURL(`/coverage/${payments}?collector=security-hub`)
    const cells = page.getByRole('table', { name: words.cells }).getByRole('row')
    await expect(cells.nth(1)).toContainText(HOME_REGION)
    await expect(cells.nth(1)).toContainText(words.reason)
    await page.goto(`/findings?account=${payments}&source=security-hub`)
    await expect(page.getByText(words.findings(2), { exact: true })).toBeVisible()
  }
  expect(await openInAll(page)).toEqual(before)

  allow()
  const inSandbox = { account: sandbox, region: HOME_REGION }
  emulator.store.put('securityhub.finding', inSandbox, securityHubFinding(inSandbox, 'S3.9', 'FAILED', new Date()))
  await readAgain(page, 3, { checked: true })
  await page.goto('/coverage')
  await expect(cell(page, 'English', payments, WORDS.English.ok)).toBeVisible()
  const after = await openInAll(page)
  const ids = (found: readonly Found[]) => found.map(({ id }) => id)
  const closed = before.filter(({ id }) => !ids(after).includes(id))
  const added = after.filter(({ id }) => !ids(before).includes(id))
  expect(closed).toEqual([expect.objectContaining({ control: 'S3.8' })])
  expect(closed.every(gone)).toBe(true)
  expect(added).toEqual([
    expect.objectContaining({ control: 'S3.9', id: expect.stringMatching(new RegExp(`^${sandbox}-`)) }),
  ])
  for (const found of before.filter(each => !closed.includes(each))) expect(after).toContainEqual(found)
})

test('findings are checked again on demand', async ({ console: page }) => {
  await page.goto('/findings')
  await speak(page, 'English')
  const found = await openIn(page, organisation.payments)
  const own = found.find(({ control }) => control.startsWith('hinomi/'))
  const reported = found.find(({ control }) => control.startsWith('S3.'))
  for (const finding of [own, reported]) {
    await page.goto(`/findings/${finding?.id}`)
    const panel = page.locator('#check-again')
    const again = panel.getByRole('button', { name: 'Check again now' })
    await again.click()
    // Until the answer is there.
    await expect(again).toHaveCount(0)
    await expect(again).toBeVisible(PATIENT)
    await expect(panel.getByText('Still reported.').first()).toBeVisible()
  }
})

test('a rule of accounts names a unit of the organization, and shows what it selects and changes', async ({
  console: page,
}) => {
  await page.goto('/settings/account-rules')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rule' })
  const choose = async (field: RegExp, option: string) => {
    await dialog.getByRole('button', { name: field }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await dialog.getByLabel('Name').fill('Live')
  await expect(dialog.getByText('Choose a unit or a tag to see the accounts.')).toBeVisible()
  await choose(/Organizational unit/, 'Production')
  const trial = dialog.getByRole('region', { name: 'Accounts of this rule' })
  await expect(trial).toContainText('Selects 1 account, of which none changes.')
  await choose(/Environment/, 'Production')
  await expect(trial).toContainText('Selects 1 account, of which 1 changes.')
  await expect(trial.getByRole('listitem').filter({ hasText: 'payments' })).toContainText('→ Production')
  await expect(dialog.locator('datalist option[value="team"]')).toHaveCount(1)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Live' })).toContainText(
    'in Production or below · 1 account',
  )
  await page.getByRole('button', { name: 'Preview changes' }).click()
  await expect(page.getByText('1 account changes')).toBeVisible()
})

test('a queue of events is added and removed', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: NAME }).click()
  const arn = `arn:aws:sqs:${HOME_REGION}:${HOME.account}:hinomi-findings`
  await page.getByLabel('URL or ARN of a queue').fill(arn)
  await page.getByRole('button', { name: 'Add queue' }).click()
  const row = page.getByRole('table', { name: 'SQS queues' }).getByRole('row', { name: arn })
  await expect(row).toBeVisible()
  await page.reload()
  await row.getByRole('button', { name: `Remove ${arn}` }).click()
  await expect(page.getByText('The queue was removed.')).toBeVisible()
  await expect(row).toHaveCount(0)
})

test('the connection is removed, and what it brought stays', async ({ console: page }) => {
  await page.goto('/settings/connections')
  await speak(page, 'English')
  await page.getByRole('link', { name: NAME }).click()
  // A menu closes when the page behind it moves.
  await expect(page.getByRole('table', { name: 'Rounds' })).toBeVisible()
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.waitForURL('/settings/connections')
  await expect(page.getByText('No connections yet')).toBeVisible()
  expect(await openIn(page, organisation.payments)).not.toEqual([])
})
