import { prisma } from '../../lib/db'
import { addKey } from '../support/access-keys'

/** Rows in the tables about what was read of an account, what checks say of it, and who looked. */
export async function fillCollected(accountId: string, connectionId: string, memberId: string): Promise<void> {
  const db = prisma()
  const at = new Date()
  const id = crypto.randomUUID()
  const place = { accountId, id, region: 'global', arn: 'arn:aws:wafv2:x', name: 'エッジ' }
  // Deleted, so that no resource has to be there.
  const gone = { active: false, endedAt: at, goneAt: at }
  const keyId = await addKey(accountId, { ...gone, mark: 'pipeline', markedAt: at, markedBy: memberId })
  const before = { startedAt: new Date('2025-02-01T00:00:00Z'), endedAt: new Date('2025-03-01T00:00:00Z') }
  await db.accessKeyPeriod.create({ data: { accountId, keyId, ...before } })
  await db.entrance.create({
    data: { ...place, kind: 'alb', address: 'x.example', step: 'create_acl', stepValues: {}, judgedAt: at },
  })
  await db.webAcl.create({
    data: { ...place, rules: [], rulesHash: 'x', rulesSince: at, counting: {}, judgedAt: at },
  })
  await db.checkState.create({
    data: {
      accountId,
      check: 'x',
      regions: [],
      whole: true,
      unexamined: [],
      passed: 1,
      failed: 0,
      readAt: at,
      // Its report is no longer stored, so that nothing can be compared with it.
      importId: 2_000_000_000,
    },
  })
  await db.sourceOpening.create({ data: { source: 'prowler', memberId, openedAt: at } })
  const event = { connectionId, feed: 'guardduty', way: 'queue' }
  await db.writeBack.create({ data: { connectionId, enabled: true, roleName: 'HinomiWriteBack', language: 'ja' } })
  await db.writeBackPlace.create({ data: { connectionId, accountId, region: 'eu-west-1', written: 1n, writtenAt: at } })
  await db.writeBackQueue.create({ data: { accountId, findingId: id } })
  await db.writtenRecord.create({
    data: { accountId, id, findingId: id, workflow: 'NOTIFIED', note: 'メモ', writtenAt: at },
  })
  await db.eventQueue.create({ data: { connectionId, arn: 'arn:aws:sqs:eu-west-1:1:q', createdAt: at } })
  await db.eventKey.create({ data: { connectionId, prefix: 'hek_x', keyHash: 'x', createdAt: at } })
  await db.eventFeed.create({ data: { ...event, lastEventAt: at, events: 1n } })
  await db.pushedEvent.create({ data: { ...event, eventId: 'e', accountId, happenedAt: at, receivedAt: at } })
  await db.eventRefusal.create({
    data: { connectionId, reason: 'account', detail: 'x', events: 1n, firstAt: at, lastAt: at },
  })
}
