import { type BrowserContext, type Page, expect as plainExpect, test } from '@playwright/test'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { startThrowaway } from '../../scripts/launch/throwaway.mjs'
import { Line } from '../support/line'
import { type Product, startProduct } from '../support/product'
import { securityHubReport, sendReport, signIn } from './console-fixtures'

const administrator = { email: process.env.E2E_EMAIL ?? '', password: process.env.E2E_PASSWORD ?? '' }
const ACCOUNT = '610000000015'

let server: Awaited<ReturnType<typeof startThrowaway>>
let database: Line
let product: Product
/** Between the browser and the web server. */
let web: Line
let origin = ''
let context: BrowserContext
let page: Page

test.describe.configure({ mode: 'serial', timeout: 180_000 })
// Pauses between attempts grow to eight seconds.
const expect = plainExpect.configure({ timeout: 30_000 })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  server = await startThrowaway()
  const url = await server.create('outage')
  await run(process.execPath, [fromRoot('scripts/migrate.mjs')], {
    what: 'Migrating the database',
    quiet: true,
    env: { ...process.env, DATABASE_URL: url },
  })
  database = new Line(url)
  product = await startProduct(await database.open(), administrator)
  web = new Line(product.origin)
  origin = await web.open()
  context = await browser.newContext({ baseURL: origin, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' })
  page = await context.newPage()
  await signIn(page)
  const samples = ['outage-a', 'outage-b'].map(resource => ({
    control: 'S3.2',
    severity: 'HIGH' as const,
    resource,
  }))
  await sendReport(page, 'outage.json', securityHubReport(ACCOUNT, samples))
})

test.afterAll(async () => {
  await context?.close()
  await product?.stop()
  await web?.cut()
  await database?.cut()
  await server?.stop()
})

const banner = () => page.getByRole('status').filter({ hasText: '利用できません' })
const comment = () => page.getByLabel('コメントを書く')
const send = () => page.getByRole('button', { name: 'コメントを追加' })
const nav = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).first()

/** A mark that a document has until it is loaded anew. */
async function mark(): Promise<void> {
  await page.evaluate(() => Object.assign(window, { isSameDocument: true }))
}

async function isSameDocument(): Promise<boolean> {
  return page.evaluate(() => 'isSameDocument' in window)
}

async function openFinding(): Promise<void> {
  await page.goto(`/findings?account=${ACCOUNT}`)
  await page
    .getByRole('link', { name: /パブリック読み取りアクセス/ })
    .first()
    .click()
  await expect(comment()).toBeVisible()
  await mark()
}

test('an open page goes on after the database was away, with what was typed', async () => {
  await openFinding()
  const address = page.url()
  await comment().fill('before the outage')
  await database.cut()
  await send().click()
  await expect(page.getByText('データベースに接続できません').first()).toBeVisible()
  await expect(comment()).toHaveValue('before the outage')
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(banner()).toContainText('データベースを利用できません')
  await expect(banner()).not.toContainText('秒後')
  // A navigation waits, and the page stays.
  await nav('例外').click()
  await expect(comment()).toHaveValue('before the outage')
  expect(page.url()).toBe(address)
  await database.open()
  await expect(page).toHaveURL(/\/exceptions/)
  await expect(page.getByRole('heading', { level: 1, name: '例外' })).toBeVisible()
  await expect(banner()).toHaveCount(0)
  expect(await isSameDocument()).toBe(true)
})

test('a comment that failed for the database goes through by a second press', async () => {
  await openFinding()
  await comment().fill('sent twice, stored once')
  await database.cut()
  await send().click()
  await expect(page.getByText('データベースに接続できません').first()).toBeVisible()
  await database.open()
  await expect(async () => {
    await send().click()
    await expect(comment()).toHaveValue('', { timeout: 5_000 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByText('sent twice, stored once')).toHaveCount(1)
  expect(await isSameDocument()).toBe(true)
})

test('a page opened while the database is away says so and comes by itself, at its address', async () => {
  const address = `/findings?account=${ACCOUNT}&q=outage-a`
  await database.cut()
  // A page that is asked for in the first half second is rendered as if the database were still there.
  await expect.poll(async () => (await page.request.get(address)).status()).toBe(503)
  const response = await page.goto(address)
  expect(response?.status()).toBe(503)
  await expect(page.getByRole('heading', { name: 'Hinomi を一時的に利用できません' })).toBeVisible()
  await database.open()
  await expect(page.getByRole('link', { name: /パブリック読み取りアクセス/ }).first()).toBeVisible({ timeout: 20_000 })
  expect(page.url()).toContain(address)
})

test('who is not signed in reads the same, and then the form', async ({ browser }) => {
  const stranger = await browser.newContext({ baseURL: origin, locale: 'en-US' })
  const door = await stranger.newPage()
  await door.goto('/sign-in')
  await door.getByLabel(/e-?mail/i).fill(administrator.email)
  await door.getByLabel(/^password/i).fill(administrator.password)
  await database.cut()
  await door.getByRole('button', { name: /^sign in$/i }).click()
  await expect(door.getByRole('alert').first()).toContainText('cannot reach its database')
  await expect(door.getByLabel(/e-?mail/i)).toHaveValue(administrator.email)
  const other = await stranger.newPage()
  await expect.poll(async () => (await other.request.get('/sign-in')).status()).toBe(503)
  expect((await other.goto('/sign-in'))?.status()).toBe(503)
  await expect(other.getByRole('heading', { name: 'Hinomi is temporarily unavailable' })).toBeVisible()
  await database.open()
  await expect(other.getByLabel(/^password/i)).toBeVisible({ timeout: 20_000 })
  await door.getByRole('button', { name: /^sign in$/i }).click()
  await door.waitForURL(url => !url.pathname.startsWith('/sign-in'))
  await stranger.close()
})

test('an open page goes on after the web server was away', async () => {
  await openFinding()
  await comment().fill('no answer')
  await web.cut()
  await send().click()
  await expect(page.getByText('Hinomi が応答しないため').first()).toBeVisible()
  await expect(comment()).toHaveValue('no answer')
  await expect(banner()).toContainText('Hinomi が応答しません')
  await nav('取り込み').click()
  await expect(comment()).toHaveValue('no answer')
  await web.open()
  await expect(page).toHaveURL(/\/imports/)
  await expect(page.getByText('outage.json').first()).toBeVisible()
  await expect(banner()).toHaveCount(0)
  expect(await isSameDocument()).toBe(true)
})
