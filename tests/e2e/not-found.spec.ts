import { expect, speak, test } from './console-fixtures'

const unknown = [
  '/findings/111122223333-00000000000000000000000000000000',
  '/findings/nonsense',
  '/accounts/999999999999',
  '/accounts/999999999999/resource?id=arn:aws:s3:::nothing',
  '/imports/99999999',
  '/teams/nobody',
  '/coverage/999999999999',
  '/access-keys/999999999999/AKIAEXAMPLE000000099',
  '/waf/999999999999/nothing',
  '/nowhere/x',
]

test('what does not exist is not found, in the frame', async ({ console: page }) => {
  test.slow()
  for (const address of unknown) {
    const answer = await page.goto(address)
    expect(answer?.status(), address).toBe(404)
    await speak(page, 'English')
    await expect(page.getByRole('heading', { name: 'Not found' }), address).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Main navigation' }), address).toBeVisible()
  }
  await expect(page.getByText(/^There is no page at this URL/)).toBeVisible()
  expect((await page.request.get('/api/nothing', { maxRedirects: 0 })).status()).toBe(404)
})
