import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { relatedFindings } from '../../lib/queries/threats/related'
import { accessOf, addMember } from '../support/people'
import { asff, at, complete, job, newAccount } from './support-ingest'
import { onlyFinding, threat } from './support-threats'

afterAll(closeDatabase)

test('related findings share the key, the address, the principal or the resource', async () => {
  const [ours, theirs, other] = [newAccount(), newAccount(), newAccount()]
  const actor = { userName: 'app-role', accessKeyId: 'ASIASHARED', ip: '198.51.100.7' }
  await complete([threat({ account: ours, ...actor, count: 3, lastSeen: at(1, 2) })], at(1, 3))
  const { id } = await onlyFinding(ours)
  const own = { account: ours, accessKeyId: 'ASIAOTHER', ip: '203.0.113.9' }
  await complete(
    [
      threat({ account: ours, ...actor, count: 3, lastSeen: at(1, 2) }),
      threat({ ...own, id: 'bb22', userName: 'app-role', lastSeen: at(1, 4) }),
      threat({ ...own, id: 'cc33', userName: 'unrelated' }),
    ],
    at(1, 4),
  )
  await complete([threat({ account: theirs, id: 'dd44', ...actor, userName: 'another', lastSeen: at(1, 1) })], at(1, 5))
  await complete(
    [threat({ account: other, id: 'ee55', userName: 'app-role', accessKeyId: 'ASIAX', ip: '203.0.113.1' })],
    at(1, 5),
  )
  await complete([asff({ account: theirs, resource: 'bucket' })], at(1, 5))
  const finding = await getFinding(job, id)
  const found = await relatedFindings(job, finding)
  expect(found.map(({ finding: { accountId, resourceId }, shared }) => [accountId, resourceId, shared])).toEqual([
    [ours, 'app-role', ['resource', 'principal']],
    [theirs, 'another', ['key', 'ip']],
  ])
  expect(found[0]).toMatchObject({ lastAt: at(1, 4), firstAt: new Date('2026-05-31T00:00:00Z') })
  const limited = accessOf(await addMember('member', { limited: true, accounts: [ours] }), 'member')
  expect((await relatedFindings(limited, finding)).map(each => each.finding.accountId)).toEqual([ours])
})

test('many findings of a resource hide no threat', async () => {
  const account = newAccount()
  const control = (n: number) => asff({ account, resource: 'busy', control: `S3.${1000 + n}` })
  const records = Array.from({ length: 300 }, (_, n) => control(n))
  await complete(records, at(1, 3))
  const { resourceId, resourceName } = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  await complete(
    [
      threat({ account, count: 3, lastSeen: at(1, 2) }),
      threat({ account, id: 'bb22', userName: 'x', accessKeyId: 'ASIAX', ip: '203.0.113.1' }),
    ],
    at(1, 4),
  )
  await prisma().finding.updateMany({
    where: { accountId: account, class: 'threat' },
    data: { resourceId, resourceName },
  })
  const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account, class: 'threat' } })
  const found = await relatedFindings(job, await getFinding(job, toFindingId(account, id)))
  expect(found.filter(({ finding }) => finding.class === 'threat' && finding.accountId === account)).toHaveLength(1)
})

test('findings of longer addresses do not crowd out those of the address', async () => {
  const [ours, crowd, theirs] = [newAccount(), newAccount(), newAccount()]
  await complete([threat({ account: ours, ip: '192.0.2.1', accessKeyId: 'ASIAOURS' })], at(1, 3))
  const { id } = await onlyFinding(ours)
  const others = Array.from({ length: 60 }, (_, n) =>
    threat({
      account: crowd,
      id: `c${n}`,
      userName: `user-${n}`,
      ip: `192.0.2.1${n + 10}`,
      accessKeyId: `ASIA${n}CROWD`,
    }),
  )
  await complete(others, at(1, 4))
  await complete([threat({ account: theirs, userName: 'other', ip: '192.0.2.1', accessKeyId: 'ASIAX' })], at(1, 5))
  const found = await relatedFindings(job, await getFinding(job, id))
  expect(found.map(({ finding, shared }) => [finding.accountId, shared])).toEqual([[theirs, ['ip']]])
})

test('other findings have none', async () => {
  const account = newAccount()
  await complete([asff({ account })], at(1, 3))
  const { id } = await onlyFinding(account)
  expect(await relatedFindings(job, await getFinding(job, id))).toEqual([])
})
