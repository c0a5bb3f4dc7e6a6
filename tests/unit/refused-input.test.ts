import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { logRefusedInput } from '../../lib/access/refusals/refused-input'
import { AppError, ForbiddenError, NotFoundError } from '../../lib/errors'
import { log } from '../../lib/log'

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  vi.spyOn(log, 'info').mockImplementation(() => {})
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const entries = () => vi.mocked(log.info).mock.calls.map(([entry]) => entry)

test('refused input is logged by field and rule, without its value and without the query', () => {
  const wrong = z.strictObject({ accounts: z.array(z.string().regex(/^\d{12}$/)) }).safeParse({ accounts: ['hunter2'] })
  logRefusedInput(wrong.error, '192.0.2.1', '/api/v1/findings?token=hunter2')
  logRefusedInput(new AppError('invalid', { reason: 'parameter', field: 'x' }), '192.0.2.2', '/api/v1/accounts')
  expect(entries()).toEqual([
    { code: 'invalid', fields: ['accounts.0: invalid_format'], ip: '192.0.2.1', path: '/api/v1/findings' },
    { code: 'invalid', reason: 'parameter', field: 'x', ip: '192.0.2.2', path: '/api/v1/accounts' },
  ])
})

test('requests too many and bodies too large are logged, up to sixty lines for one network', () => {
  for (let count = 0; count < 100; count++)
    logRefusedInput(new AppError('too_many_requests', { params: { seconds: 1 } }), '192.0.2.3', '/')
  expect(entries().length).toBeLessThan(65)
  logRefusedInput(new AppError('too_large'), '192.0.2.4', '/')
  expect(entries().at(-1)).toMatchObject({ code: 'too_large', ip: '192.0.2.4' })
})

test('refusals in the audit log, and harmless ones, are not logged again', () => {
  for (const error of [new ForbiddenError(), new NotFoundError(), new AppError('conflict'), new Error('x')])
    logRefusedInput(error, '192.0.2.5', '/')
  expect(entries()).toEqual([])
})
