import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { outageError, outageOf } from '@/lib/outage'
import { outageOf as outageAtLaunch } from '../../scripts/launch/outage.mjs'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })

test.each([
  [coded('53100'), 'disk_full'],
  [coded('ENOSPC'), 'disk_full'],
  [coded('25006'), 'read_only'],
  [coded('42501', 'could not open file "base/1/2": Read-only file system'), 'read_only'],
  [coded('57P01'), 'database_away'],
  [coded('57P03'), 'database_away'],
  [coded('08006'), 'database_away'],
  [coded('ECONNREFUSED'), 'database_away'],
  [new Error('Connection terminated unexpectedly'), 'database_away'],
  [new AggregateError([coded('ECONNREFUSED')]), 'database_away'],
  [new Error('outer', { cause: coded('53100') }), 'disk_full'],
  [{ code: 'P2010', meta: { driverAdapterError: { cause: { kind: 'ConnectionClosed' } } } }, 'database_away'],
  [new Error('ConnectionClosed', { cause: { kind: 'ConnectionClosed' } }), 'database_away'],
  [{ code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '53100', message: 'full' } } } }, 'disk_full'],
])('the outage of %o is %s', (error, outage) => {
  expect(outageOf(error)).toBe(outage)
})

// The launcher runs before anything is built, and has a list of its own.
test.each(
  '53100 ENOSPC EDQUOT 25006 EROFS 08000 08006 57P01 57P03 53000 53200 53300 58030 ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EAI_AGAIN EHOSTUNREACH ENETUNREACH EHOSTDOWN 23505 57014 42501'.split(
    ' ',
  ),
)('the launcher and the product take %s for the same', code => {
  expect(outageAtLaunch(coded(code))).toBe(outageOf(coded(code)))
})

const quoting = z.strictObject({}).safeParse({ 'x: Read-only file system': 1 }).error
const invalid = coded('22P02', 'invalid input syntax for type integer: "could not: Read-only file system"')

test.each([
  [coded('23505')],
  [coded('57014')],
  [{ cause: { kind: 'UniqueConstraintViolation', originalCode: '23505' } }],
  [coded('42501')],
  [new AppError('invalid')],
  [null],
  ['ENOSPC'],
  [quoting],
  [invalid],
])('%o is no outage', error => {
  expect(outageOf(error)).toBeNull()
})

test('an error that causes itself ends', () => {
  const error = new Error('round')
  error.cause = error
  expect(outageOf(error)).toBeNull()
})

test('the message of an outage contains the time of the next retry', () => {
  expect(outageError('disk_full')).toMatchObject({ code: 'no_space', reason: 'disk_full', params: { seconds: 30 } })
  expect(outageError('database_away')).toMatchObject({ code: 'unavailable', reason: 'database_away' })
  expect(outageError('database_away', { stores: true })).toMatchObject({ code: 'no_space', reason: 'database_away' })
})
