import { NextRequest } from 'next/server'
import { beforeEach, expect, test, vi } from 'vitest'
import { proxy } from '../../proxy'

const state = vi.hoisted(() => ({ status: 'ok' }))
// There is no database here.
vi.mock('../../lib/health/health', () => ({ currentHealth: async () => ({ ...state, reasons: [] }) }))

beforeEach(() => {
  state.status = 'ok'
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/nowhere')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
})

async function clears(path: string): Promise<string | null> {
  const answer = await proxy(new NextRequest(`http://hinomi.test${path}`))
  return answer.headers.get('clear-site-data')
}

test('sign-out clears the browser data of this site', async () => {
  expect(await clears('/sign-in?signedOut')).toBe('"cache", "storage"')
})

test('it does so while the database is unavailable', async () => {
  state.status = 'down'
  expect(await clears('/sign-in?signedOut')).toBe('"cache", "storage"')
  expect(await clears('/sign-in')).toBeNull()
})

test.each(['/sign-in', '/sign-in?error=signedOut', '/?signedOut', '/findings?signedOut', '/setup?signedOut'])(
  '%s clears nothing',
  async path => {
    expect(await clears(path)).toBeNull()
  },
)
