import { prisma } from '../../lib/db'
import type { Prisma } from '../../lib/generated/prisma/client'

let count = 0

/** A key of an account that is active; by default nobody knows what uses it. Returns its id. */
export async function addKey(
  accountId: string,
  key: Partial<Prisma.AccessKeyUncheckedCreateInput> = {},
): Promise<string> {
  count += 1
  const id = key.id ?? `AKIAEXAMPLE${String(count).padStart(9, '0')}`
  const at = new Date('2026-01-01T00:00:00Z')
  await prisma().accessKey.create({
    data: {
      accountId,
      userArn: `arn:aws:iam::${accountId}:user/deploy`,
      userName: 'deploy',
      userTags: {},
      active: true,
      createdAt: new Date('2025-01-01T00:00:00Z'),
      score: 0,
      judged: 'other',
      rules: [],
      firstSeenAt: at,
      startedAt: at,
      importId: 1,
      ...key,
      id,
    },
  })
  return id
}
