import type { Page } from '@playwright/test'
import { expect as plainExpect, securityHubReport, sendReport, speak, test } from './console-fixtures'

const account = '770000000044'
const list = `/findings?account=${account}`
const COUNT = 60
// Changes of all findings render the whole list anew.
const expect = plainExpect.configure({ timeout: 30_000 })

/** Before the date of the policy, so that it needs no reason. */
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)

async function start(page: Page, language: '日本語' | 'English'): Promise<void> {
  await page.goto(list)
  await speak(page, language)
}

test.describe.configure({ mode: 'serial', timeout: 180_000 })

test('many findings are changed after a question with their number, and all of them go back', async ({
  console: page,
}) => {
  const samples = Array.from({ length: COUNT }, (_, n) => ({
    control: 'S3.2',
    severity: 'HIGH' as const,
    resource: `bucket-${n}`,
  }))
  await sendReport(page, 'many.json', securityHubReport(account, samples))
  await start(page, 'English')
  await page.getByRole('checkbox', { name: 'Select this page' }).check({ force: true })
  await page.getByRole('button', { name: `Select all ${COUNT} that match` }).click()
  await page.getByRole('button', { name: 'Status', exact: true }).last().click()
  await page.getByRole('menuitem', { name: 'Resolved' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Fixed in the console')
  await page.getByRole('button', { name: 'Resolve', exact: true }).click()
  const question = page.getByRole('alertdialog', { name: `Set ${COUNT} findings to “Resolved”?` })
  await expect(question).toContainText('All of them will change.')
  await question.getByRole('button', { name: `Change ${COUNT} findings` }).click()
  await expect(page.getByText(`Set ${COUNT} findings to “Resolved”.`)).toBeVisible()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText(`Restored ${COUNT} findings.`)).toBeVisible()
  await expect(page.getByText(`${COUNT} findings`, { exact: true })).toBeVisible()
})

test('期限の変更は、あとから監査ログを通して元に戻せる', async ({ console: page }) => {
  await start(page, '日本語')
  await page.getByRole('checkbox', { name: 'このページをすべて選択' }).check({ force: true })
  await page.getByRole('button', { name: '対応期限を設定' }).click()
  await page.getByRole('dialog').getByLabel('対応期限').fill(tomorrow())
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await page
    .getByRole('alertdialog', { name: /^50 件の対応期限を.*にしますか\?$/ })
    .getByRole('button', { name: '50 件を変更' })
    .click()
  await expect(page.getByText('50 件の対応期限を設定しました。')).toBeVisible()
  await page.goto('/settings/audit')
  await page.getByRole('link', { name: '検出結果 50 件' }).first().click()
  await expect(page).toHaveURL(/changeset=/)
  await page.getByRole('button', { name: 'この変更を元に戻す' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: '元に戻す' }).click()
  await expect(page.getByText('50 件を元に戻しました。')).toBeVisible()
  await expect(page.getByText('この変更は元に戻されました。')).toBeVisible()
})

test('a press beside a dialog with typed text keeps it, and Escape asks', async ({ console: page }) => {
  await start(page, 'English')
  await page
    .getByRole('link', { name: /S3 general purpose/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Request exception' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('Accepted until the migration')
  await page.mouse.click(5, 5)
  await expect(dialog.getByLabel('Reason')).toHaveValue('Accepted until the migration')
  // The press beside it takes the focus away for a moment.
  await dialog.getByLabel('Reason').press('Escape')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep editing' }).click()
  await expect(dialog.getByLabel('Reason')).toHaveValue('Accepted until the migration')
})

test('a comment that was not sent outlives leaving the page and ends with the session', async ({ console: page }) => {
  await start(page, 'English')
  await page
    .getByRole('link', { name: /S3 general purpose/ })
    .first()
    .click()
  const field = page.getByLabel('Write a comment')
  await field.fill('Half a sent')
  const address = page.url()
  await page.goto('/accounts')
  await page.goto(address)
  await expect(field).toHaveValue('Half a sent')
  await page.getByRole('button', { name: /^Menu for/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter(key => key.startsWith('hinomi-draft')))).toEqual(
    [],
  )
})
