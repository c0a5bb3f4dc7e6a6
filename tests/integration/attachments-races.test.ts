import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { receiveAttachment } from '../../lib/ingest/attachments/receive-attachment'
import { deleteAttachment, downloadAttachment } from '../../lib/store/attachments/download'
import { attach, PDF } from '../support/files'
import { people, reported, type Who } from './support-exceptions'

let who: { member: Who; sreLead: Who; csirtLead: Who }
const { HINOMI_MAX_ATTACHMENTS_MB } = env()

beforeAll(async () => {
  who = await people()
})
afterEach(async () => {
  Object.assign(env(), { HINOMI_MAX_ATTACHMENTS_MB })
  setClock()
  await pool().query('TRUNCATE attachment, attachment_chunk')
})
afterAll(closeDatabase)

const kept = (done: PromiseSettledResult<unknown>[]) => done.filter(each => each.status === 'fulfilled').length

test('uploads at the same time stay within the number of files', async () => {
  const done = await Promise.allSettled(Array.from({ length: 24 }, (_, n) => attach(who.member, `${n}.pdf`, PDF)))
  expect([kept(done), await prisma().attachment.count()]).toEqual([20, 20])
})

test('uploads at the same time stay within the size of all files', async () => {
  Object.assign(env(), { HINOMI_MAX_ATTACHMENTS_MB: 120 })
  const bytes = Buffer.alloc(2_000_000, 'x')
  const done = await Promise.allSettled(Array.from({ length: 5 }, (_, n) => attach(who.member, `${n}.txt`, bytes)))
  // Each that arrives counts as the largest, so that two have room at a time.
  expect(kept(done)).toBeGreaterThanOrEqual(2)
  expect(await prisma().attachment.count()).toBe(kept(done))
})

test('a download of a file that is deleted meanwhile breaks off', async () => {
  const { key } = await reported()
  const id = await attach(who.member, 'a.txt', Buffer.alloc(2_000_000, 'x'), { finding: key })
  const { bytes } = await downloadAttachment(who.sreLead, id)
  await bytes.next()
  await deleteAttachment(who.member, id)
  await expect(bytes.next()).rejects.toMatchObject({ reason: 'attachmentBroken' })
})

test('a file is whole or absent where the connections to the database break during the upload', async () => {
  const { key } = await reported()
  async function* body() {
    for (let n = 0; n < 12; n++) {
      if (n === 6)
        await pool().query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        )
      yield Buffer.alloc(200_000, 'x')
    }
  }
  const input = { name: 'a.txt', type: 'text' as const, finding: key, exception: null }
  const [done] = await Promise.allSettled([receiveAttachment(who.member, body(), input)])
  const stored = await prisma().attachment.findMany({ where: { state: 'stored' } })
  expect(stored.map(each => each.sizeBytes)).toEqual(done?.status === 'fulfilled' ? [2_400_000] : [])
})
