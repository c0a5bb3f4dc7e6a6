import AxeBuilder from '@axe-core/playwright'
import type { CDPSession, Page } from '@playwright/test'
import { expect, speak, test } from './console-fixtures'

/** Chromium's own authenticator: a device with user verification that keeps passkeys. */
async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      // The form's request would be answered at once: nobody chooses there.
      automaticPresenceSimulation: false,
    },
  })
  return { cdp, authenticatorId }
}

async function present({ cdp, authenticatorId }: { cdp: CDPSession; authenticatorId: string }, enabled: boolean) {
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
}

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(violation => `${violation.id}: ${violation.nodes[0]?.html}`)
}

test('a member adds a passkey, signs in with it and removes it', async ({ console: page }) => {
  test.slow()
  const device = await addAuthenticator(page)
  await speak(page, 'English')
  await page.goto('/settings/profile')
  const panel = page.getByRole('region', { name: 'Passkeys' })
  await expect(panel).toContainText('You have no passkeys yet')

  await panel.getByRole('button', { name: 'Add passkey' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Name')).toHaveValue('Chrome, Linux')
  expect(await violations(page)).toEqual([])
  await dialog.getByLabel('Name').fill('Work laptop')
  await present(device, true)
  await dialog.getByRole('button', { name: 'Add passkey' }).click()
  await expect(panel.getByRole('rowheader')).toContainText('Work laptop')
  await present(device, false)
  expect(await violations(page)).toEqual([])

  await panel.getByRole('button', { name: 'Rename passkey Work laptop' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Laptop')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByRole('rowheader')).toContainText('Laptop')

  await page.context().clearCookies()
  await page.goto('/sign-in?callbackUrl=%2Fsettings%2Fprofile')
  await expect(page.getByRole('button', { name: /パスキーでサインイン|Sign in with a passkey/ })).toBeEnabled()
  expect(await violations(page)).toEqual([])
  await present(device, true)
  await page.getByRole('button', { name: /パスキーでサインイン|Sign in with a passkey/ }).click()
  await page.waitForURL('**/settings/profile')

  await speak(page, 'English')
  await expect(panel.getByRole('row', { name: /^Laptop/ })).not.toContainText('Never')
  await panel.getByRole('button', { name: 'Remove: Laptop' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(panel).toContainText('You have no passkeys yet')

  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByRole('button', { name: /パスキーでサインイン|Sign in with a passkey/ }).click()
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})
