import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter } from '../../lib/domain/findings/filter'
import { selectsFew } from '../../lib/sql/findings/few'
import { asff, at, newAccount, partial } from './support-ingest'

afterAll(closeDatabase)

const few = (filter: object) => selectsFew(FindingFilter.parse(filter))

test('a filter that few findings meet is known by the statistics, and left to the planner without them', async () => {
  const account = newAccount()
  await partial(
    Array.from({ length: 1_500 }, (_, n) => ({ ...asff({ account, resource: `bucket-${n}` }) })),
    at(1),
  )
  expect(await few({ source: ['macie'] })).toBe(false)
  await prisma().$executeRaw`ANALYZE finding`
  expect(await few({})).toBe(false)
  expect(await few({ source: ['security-hub'] })).toBe(false)
  expect(await few({ source: ['macie'] })).toBe(true)
  expect(await few({ source: ['macie', 'security-hub'] })).toBe(false)
  expect(await few({ source: ['security-hub'], tag: ['Nobody=has-this'] })).toBe(true)
  expect(await few({ package: ['openssl'] })).toBe(true)
})
