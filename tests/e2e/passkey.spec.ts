import type { Browser, CDPSession, Page } from '@playwright/test'
import { expect, speak, test } from './console-fixtures'
import { inspect } from './inspect'

const email = 'passkey@example.com'
const password = 'four unrelated words here'

/** Invites somebody who joins in a browser of their own. */
async function join(admin: Page, browser: Browser): Promise<Page> {
  await admin.goto('/settings/members')
  await speak(admin, 'English')
  await admin.getByRole('button', { name: 'Invite a member' }).click()
  const dialog = admin.getByRole('dialog').or(admin.getByRole('alertdialog'))
  await dialog.getByLabel('E-mail address').fill(email)
  await dialog.getByRole('checkbox', { name: 'SRE' }).check({ force: true })
  await dialog.getByRole('button', { name: 'Create link' }).click()
  const link = (await dialog.getByText(/\/invite#token=/).textContent()) ?? ''
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
  await page.goto(link)
  await page.getByLabel('Name', { exact: true }).fill('Pascal')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()
  return page
}

/** Chromium's own authenticator: a device with user verification that keeps passkeys, used by somebody while `present`. */
class Device {
  private constructor(
    readonly cdp: CDPSession,
    readonly authenticatorId: string,
  ) {}

  static async in(page: Page): Promise<Device> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        // Else the suggestions of the sign-in form are answered at once, without anybody who chooses one.
        automaticPresenceSimulation: false,
      },
    })
    return new Device(cdp, authenticatorId)
  }

  async present(enabled: boolean): Promise<void> {
    const { cdp, authenticatorId } = this
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  }
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Pascal/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
}

test('a member adds a passkey, signs in with it alone and after a password, and removes it', async ({
  console: admin,
  browser,
}) => {
  test.setTimeout(420_000)
  const page = await join(admin, browser)
  const device = await Device.in(page)
  await page.goto('/settings/profile')
  const panel = page.getByRole('region', { name: 'Passkeys' })
  await expect(panel).toContainText('You have no passkeys yet')

  await panel.getByRole('button', { name: 'Add passkey' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Name')).toHaveValue(/^Chrome, /)
  await inspect(page, 'add')
  await dialog.getByLabel('Name').fill('Work laptop')
  await device.present(true)
  await dialog.getByRole('button', { name: 'Add passkey' }).click()
  await expect(panel.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10)
  await device.present(false)
  await inspect(page, 'codes')
  await panel.getByRole('button', { name: 'I have saved the codes' }).click()
  await expect(panel.getByRole('rowheader')).toContainText('Work laptop')
  await inspect(page, 'profile')
  await panel.getByRole('button', { name: 'Rename passkey Work laptop' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Laptop')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(panel.getByRole('rowheader')).toContainText('Laptop')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await signOut(page)
  const withPasskey = page.getByRole('button', { name: 'Sign in with a passkey' })
  await expect(withPasskey).toBeEnabled()
  await inspect(page, 'sign-in')
  await device.present(true)
  await withPasskey.click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()
  await device.present(false)

  await signOut(page)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(/\/sign-in\/verify/)
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeEnabled()
  await inspect(page, 'second-step')
  await device.present(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible()

  await page.goto('/settings/profile')
  await expect(panel.getByRole('row', { name: /^Laptop/ })).not.toContainText('Never')
  await panel.getByRole('button', { name: 'Remove: Laptop' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(panel).toContainText('You have no passkeys yet')

  await signOut(page)
  await withPasskey.click()
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})
