import { jobAccess } from '../../lib/access/job'
import { setClock } from '../../lib/clock'
import { prisma } from '../../lib/db'
import { writersOf } from '../../lib/domain/collection/resources/written-types'
import { assetIdOf } from '../../lib/domain/identity/identity'
import type { Resource } from '../../lib/domain/waf/resource'
import type { Prisma } from '../../lib/generated/prisma/client'
import { loadInventory } from '../../lib/store/checks/inventory'
import { judgeAccount } from '../../lib/store/waf/judge'
import { busy, coreGroup, logging, region, webAcl } from './waf'

const access = jobAccess('checks', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

const CELLS = [
  ['waf', region],
  ['waf-global', 'global'],
  ['entrances', region],
  ['cloudfront', 'global'],
  ['metrics', region],
  ['ec2', region],
] as const

/** Replaces the resources of an account by these, and says that all cells were read. */
export async function putResources(accountId: string, resources: readonly Resource[], at: Date): Promise<void> {
  await prisma().asset.deleteMany({ where: { accountId } })
  await prisma().asset.createMany({
    data: resources.map(one => ({
      accountId,
      id: assetIdOf(one),
      collector: writersOf(one.type)[0] ?? '',
      region: one.region,
      type: one.type,
      arn: one.arn,
      name: one.name,
      data: one.data as Prisma.InputJsonObject,
      contentHash: 1n,
      firstSeenAt: one.firstSeenAt,
      changedAt: one.changedAt,
      importId: 1,
    })),
  })
  const cell = {
    accountId,
    state: 'ok',
    complete: true,
    records: 1,
    readAt: at,
    okAt: at,
    completeAt: at,
    since: at,
    importId: 1,
  }
  for (const [collector, place] of CELLS) {
    const key = { accountId, collector, region: place }
    await prisma().coverage.upsert({
      where: { accountId_collector_region: key },
      create: { ...cell, ...key },
      update: cell,
    })
  }
}

/** Judges an account as of a time. */
export async function judgeAt(accountId: string, at: Date): Promise<void> {
  setClock(() => at)
  try {
    const inventory = await loadInventory(access, accountId)
    if (inventory) await judgeAccount(access, inventory)
  } finally {
    setClock()
  }
}

/** Parts that a web ACL needs to be operated. */
export const operatedParts = [logging(), busy(), coreGroup()]

/** An account with one entrance behind a web ACL. */
export async function putEntrance(accountId: string, entrance: Resource, rules: object[], at: Date): Promise<void> {
  await putResources(accountId, [entrance, webAcl({ Rules: rules, resources: [entrance.arn] }), ...operatedParts], at)
  await judgeAt(accountId, at)
}
