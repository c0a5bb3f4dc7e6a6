import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../access/proof'
import { prisma } from '../../db'
import { ChangeDetail } from '../../domain/findings/change-set'
import type { AuditFilter, AuditRow } from '../../domain/people/views'
import type { Prisma } from '../../generated/prisma/client'
import { decodeCursor, encodeCursor, PlaceId } from '../cursor'

const PAGE = 50
const Detail = z.record(z.string(), z.unknown())

/** The audit log, newest first. A reader limited to accounts does not see entries about other accounts. */
export async function listAudit(
  access: Access<'audit:read'>,
  filter: AuditFilter,
  cursor: string | null,
): Promise<{ rows: AuditRow[]; next: string | null }> {
  const before = cursor ? decodeCursor(cursor, PlaceId) : null
  const ids = accountFilter(access)
  const found = await prisma().auditEntry.findMany({
    where: {
      ...(before ? { id: { lt: BigInt(before) } } : {}),
      ...(filter.actor ? { actorId: filter.actor } : {}),
      ...(filter.action ? { action: filter.action } : {}),
      ...(ids ? { OR: auditVisibleTo(access, ids) } : {}),
    },
    orderBy: { id: 'desc' },
    take: PAGE + 1,
  })
  const shown = found.slice(0, PAGE)
  const members = await prisma().member.findMany({
    where: { id: { in: shown.map(row => row.actorId).filter(id => z.uuid().safeParse(id).success) } },
    select: { id: true, email: true },
  })
  const emails = new Map(members.map(({ id, email }) => [id, email]))
  const details = shown.map(row => Detail.catch({}).parse(row.detail))
  const undos = await undosOf(details.map(detail => detail.changeset))
  const rows = shown.map(({ id, ...row }, at) => {
    const detail = details[at] ?? {}
    const actorEmail = row.actorKind === 'member' ? (emails.get(row.actorId) ?? null) : null
    return { ...row, id: String(id), actorEmail, detail, undoneBy: undos.get(`changeset:${detail.changeset}`) ?? null }
  })
  const last = rows.at(-1)
  return { rows, next: found.length > PAGE && last ? encodeCursor(last.id) : null }
}

/** The last undo of each of these changes, by its target in the log. */
async function undosOf(changesets: readonly unknown[]): Promise<Map<string, string>> {
  const targets = changesets.flatMap(id => (typeof id === 'string' ? [`changeset:${id}`] : []))
  if (targets.length === 0) return new Map()
  const found = await prisma().auditEntry.findMany({
    where: { target: { in: targets }, action: 'finding.undo' },
    select: { target: true, detail: true },
    orderBy: { id: 'asc' },
  })
  return new Map(
    found.flatMap(({ target, detail }) => {
      const { data } = ChangeDetail.safeParse(detail)
      return data ? [[target, data.changeset]] : []
    }),
  )
}

/** Changes of settings that name no account and no member. */
const OF_ALL = ['policy.due', 'policy.severity', 'setting.', 'mapping.']

/** The entries that a reader limited to accounts sees: about these accounts, by the reader, and about settings of the organisation. */
export function auditVisibleTo(access: Access, ids: string[]): Prisma.AuditEntryWhereInput[] {
  const shared = OF_ALL.map(start => ({ action: { startsWith: start } }))
  return [{ accountId: { in: ids } }, { actorId: access.actor.id }, { accountId: null, OR: shared }]
}

/** The actors that the log can be filtered by: members, including removed ones, and tokens. Limited readers get those of visible entries. */
export async function listAuditActors(
  access: Access<'audit:read'>,
): Promise<{ id: string; name: string; email: string | null }[]> {
  const ids = accountFilter(access)
  const where = ids ? { id: { in: await actorsVisibleTo(access, ids) } } : {}
  const [members, tokens] = await Promise.all([
    prisma().member.findMany({
      where,
      select: { id: true, name: true, email: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: 1000,
    }),
    prisma().apiToken.findMany({
      where,
      select: { id: true, name: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: 500,
    }),
  ])
  return [...members, ...tokens.map(token => ({ ...token, email: null }))]
}

async function actorsVisibleTo(access: Access<'audit:read'>, ids: string[]): Promise<string[]> {
  const rows = await prisma().auditEntry.groupBy({
    by: ['actorId'],
    where: { actorKind: { in: ['member', 'token'] }, OR: auditVisibleTo(access, ids) },
    orderBy: { actorId: 'asc' },
    take: 1500,
  })
  return rows.map(row => row.actorId).filter(id => z.uuid().safeParse(id).success)
}
