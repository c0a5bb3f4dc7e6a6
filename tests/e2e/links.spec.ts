import type { Browser, Page } from '@playwright/test'
import { expect, speak, test } from './console-fixtures'

// Each is several pages, in a browser that begins with nothing in its cache.
test.slow()

/** The link of a new invitation, as its administrator copies it. */
async function invite(page: Page, email: string): Promise<string> {
  await page.goto('/settings/members')
  await speak(page, 'English')
  await page.getByRole('button', { name: 'Invite a member' }).click()
  const invitation = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await invitation.getByLabel('E-mail address').fill(email)
  await invitation.getByRole('checkbox', { name: 'SRE' }).check({ force: true })
  await invitation.getByRole('button', { name: 'Create link' }).click()
  return (await invitation.getByText(/\/invite#token=/).textContent()) ?? ''
}

/** A page of somebody else, with every address that it asked for or named as where it came from. */
async function stranger(browser: Browser) {
  const context = await browser.newContext({ locale: 'en-US' })
  const page = await context.newPage()
  const sent: string[] = []
  page.on('request', request => sent.push(request.url(), request.headers().referer ?? ''))
  return { page, sent }
}

test('the token of an invitation goes into no address that a server or the history sees', async ({
  console: admin,
  browser,
}) => {
  const link = await invite(admin, 'fragment@example.com')
  const token = link.split('token=')[1] ?? ''
  expect(token.length).toBeGreaterThan(20)
  const { page, sent } = await stranger(browser)
  await page.goto(link)
  await expect(page.getByLabel('E-mail address')).toHaveValue('fragment@example.com')
  await expect(page).toHaveURL(/\/invite$/)
  await page.getByLabel('Name', { exact: true }).fill('Fiona Fragment')
  await page.getByLabel('Password').fill('four unrelated words here')
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible({ timeout: 60_000 })
  expect(sent.filter(address => address.includes(token))).toEqual([])
  await page.goBack()
  expect(page.url()).not.toContain(token)

  const second = await stranger(browser)
  await second.page.goto(link)
  await expect(second.page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  await second.page.reload()
  await expect(second.page.getByRole('heading', { name: 'This link is incomplete' })).toBeVisible()
})

test('an older link, with its token in the query, works and is removed from the address', async ({
  console: admin,
  browser,
}) => {
  const link = (await invite(admin, 'query@example.com')).replace('#', '?')
  const { page } = await stranger(browser)
  await page.goto(link)
  await expect(page.getByLabel('E-mail address')).toHaveValue('query@example.com')
  await expect(page).toHaveURL(/\/invite$/)
  await page.getByRole('button', { name: /Language/ }).click()
  await page.getByRole('menuitemradio', { name: '日本語' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Hinomi への招待' })).toBeVisible()
  await expect(page).toHaveURL(/\/invite$/)
})

test('without JavaScript a link says that it needs it', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ locale: 'en-US', javaScriptEnabled: false, baseURL: baseURL ?? '' })
  const page = await context.newPage()
  await page.goto('/invite#token=x')
  await expect(page.getByRole('heading', { name: 'JavaScript is required' })).toBeVisible()
  await context.close()
})

test('a set-up link of an instance that has an administrator leads to sign-in', async ({ browser, baseURL }) => {
  const { page } = await stranger(browser)
  await page.goto(`${baseURL}/setup#token=x`)
  await expect(page.getByRole('heading', { name: 'Hinomi is already set up' })).toBeVisible()
})

test('after signing out the browser has nothing left of what was shown', async ({ console: page }) => {
  // What the way back leads to.
  await page.goto('/accounts')
  await page.goto('/settings/members')
  await speak(page, 'English')
  await expect(page.getByText('admin@example.com').first()).toBeVisible()
  await page.evaluate(async () => {
    sessionStorage.setItem('kept', 'x')
    localStorage.setItem('kept', 'x')
    await (await caches.open('kept')).put('/kept', new Response('x'))
  })
  const left = page.waitForResponse(response => response.url().endsWith('/sign-in?signedOut'))
  await page.getByRole('button', { name: /^Menu for/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  expect((await (await left).allHeaders())['clear-site-data']).toBe('"cache", "storage"')
  // In the language of this browser, in which nobody may have chosen one.
  await expect(page.getByRole('button', { name: /^(Sign in|サインイン)$/ })).toBeVisible()
  const kept = await page.evaluate(async () => [
    sessionStorage.getItem('kept'),
    localStorage.getItem('kept'),
    await caches.keys(),
  ])
  expect(kept).toEqual([null, null, []])
  await page.goBack()
  await expect(page).toHaveURL(/\/sign-in/)
  await expect(page.getByText('admin@example.com')).toHaveCount(0)
})
