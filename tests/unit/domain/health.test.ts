import { expect, test } from 'vitest'
import { codeOfDisk, codesOfWorkers, statusOf } from '@/lib/domain/health/health'

const GIB = 1024 ** 3

test('only a database that does not answer is down', () => {
  expect(statusOf([])).toBe('ok')
  expect(statusOf([{ code: 'disk_full' }, { code: 'worker_away' }])).toBe('degraded')
  expect(statusOf([{ code: 'database_away' }])).toBe('down')
})

test.each([
  ['enough on a large disk', { free: 6 * GIB, size: 1000 * GIB }, null],
  ['little of a large disk', { free: 4 * GIB, size: 1000 * GIB }, 'disk_low'],
  ['most of a small disk', { free: 2 * GIB, size: 3 * GIB }, null],
  ['little of a small disk', { free: 0.2 * GIB, size: 3 * GIB }, 'disk_low'],
  ['less than a WAL segment', { free: 15 * 1024 ** 2, size: 3 * GIB }, 'disk_full'],
  ['a file system without a size', { free: 0, size: 0 }, null],
])('%s', (_name, disk, code) => {
  expect(codeOfDisk(disk)).toBe(code)
})

test('the names of the workers show which outage blocks them', () => {
  expect(codesOfWorkers(['hinomi-worker', 'hinomi-worker:read_only', 'hinomi-worker:read_only'])).toEqual(['read_only'])
  expect(codesOfWorkers(['hinomi-worker', 'hinomi-worker:database_away', 'hinomi-worker:other'])).toEqual([])
})
