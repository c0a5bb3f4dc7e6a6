import { randomUUID } from 'node:crypto'
import type { Access } from '../../lib/access/proof'
import { sealText } from '../../lib/access/seal/seal'
import { prisma } from '../../lib/db'
import { writersOf } from '../../lib/domain/collection/resources/written-types'
import { initialWriteBack, type SetWriteBack } from '../../lib/domain/collection/write-back/settings'
import type { Prisma } from '../../lib/generated/prisma/client'
import { updateConnection } from '../../lib/store/collection/connections'

/** A connection that reads these accounts, and is not paused. */
export async function addConnection(
  accounts: readonly string[],
  more: Partial<Prisma.ConnectionUncheckedCreateInput> = {},
): Promise<string> {
  const id = randomUUID()
  await prisma().connection.create({
    data: {
      id,
      name: 'Organization',
      kind: 'organization',
      accountId: String(Math.floor(Math.random() * 1e12)).padStart(12, '0'),
      partition: 'aws',
      roleName: 'HinomiReadOnly',
      externalId: sealText(`connection:${id}`, 'a1'.repeat(16)),
      ...more,
    },
  })
  await prisma().account.updateMany({ where: { id: { in: [...accounts] } }, data: { connectionId: id } })
  return id
}

/** Pauses a connection or ends its pause, as somebody does who sees it as it is. */
export async function setPaused(access: Access<'connections:manage'>, id: string, paused: boolean): Promise<void> {
  await updateConnection(access, { id, paused, seen: await settingsOf(id) })
}

/** What a form that changes a connection shows of it. */
export async function settingsOf(id: string): Promise<{ name: string; roleName: string; paused: boolean }> {
  const { name, roleName, pausedAt } = await prisma().connection.findUniqueOrThrow({ where: { id } })
  return { name, roleName, paused: pausedAt !== null }
}

/** What a form that switches writing back on or off shows of it. */
export async function writeBackOf(id: string): Promise<SetWriteBack['seen']> {
  const stored = await prisma().writeBack.findUnique({ where: { connectionId: id } })
  const { enabled, roleName, language } = stored ?? initialWriteBack
  return { enabled, roleName, language }
}

/** A cell of an account. */
export async function addCell(
  accountId: string,
  cell: Partial<Prisma.CoverageUncheckedCreateInput> = {},
): Promise<void> {
  const at = new Date('2026-01-01T00:00:00Z')
  await prisma().coverage.create({
    data: {
      accountId,
      collector: 'guardduty',
      region: 'eu-west-1',
      state: 'ok',
      complete: true,
      records: 1,
      readAt: at,
      since: at,
      importId: 1,
      ...cell,
    },
  })
}

/** Says that the connection of an account read its organization at a time. */
export async function addReading(accountId: string, readAt: Date): Promise<void> {
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection' }
  const { id: importId } = await prisma().import.create({
    data: { state: 'done', origin: 'collector', sha256: randomUUID(), sizeBytes: 0, observedAt: readAt, ...actor },
  })
  const key = { accountId, collector: 'organization', region: 'global' }
  await prisma().coverage.deleteMany({ where: key })
  await addCell(accountId, { ...key, readAt, importId })
}

/** A resource of an account. */
export async function addAsset(
  accountId: string,
  asset: Pick<Prisma.AssetUncheckedCreateInput, 'type' | 'arn'> & Partial<Prisma.AssetUncheckedCreateInput>,
): Promise<void> {
  const at = new Date('2026-01-01T00:00:00Z')
  await prisma().asset.create({
    data: {
      accountId,
      id: randomUUID(),
      collector: writersOf(asset.type)[0] ?? 'organization',
      region: 'global',
      name: '',
      data: {},
      contentHash: 1n,
      firstSeenAt: at,
      changedAt: at,
      importId: 1,
      ...asset,
    },
  })
}

/** A finished report of Hinomi's own collectors, or one that somebody uploaded. */
export async function addImport(origin: 'collector' | 'api'): Promise<number> {
  const at = new Date('2026-01-01T00:00:00Z')
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection' }
  const data = { state: 'done', origin, sha256: '', sizeBytes: 0, observedAt: at, createdAt: at, ...actor }
  return (await prisma().import.create({ data })).id
}

/** Says that a connection has had a round that read Security Hub in an account. */
export async function addHubRound(connectionId: string, accountId: string): Promise<void> {
  const at = new Date('2026-01-01T00:00:00Z')
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection' }
  await prisma().collectionRound.create({
    data: { connectionId, kind: 'full', state: 'done', createdAt: at, finishedAt: at, ...actor },
  })
  await addCell(accountId, { collector: 'security-hub', okAt: at, importId: await addImport('collector') })
}
