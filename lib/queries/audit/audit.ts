import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../access/proof'
import { prisma } from '../../db'
import type { AccountId } from '../../domain/accounts/account-id'
import { ChangeDetail } from '../../domain/findings/change-set'
import { FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import type { AuditFilter, AuditRow } from '../../domain/people/views'
import { instantOf } from '../../domain/policies/due'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { decodeCursor, encodeCursor, PlaceId } from '../cursor'

const { sql } = Prisma
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
      ...daysOf(filter),
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
  const findings = await findingsOf(access, shown)
  const rows = shown.map(({ id, ...row }, at) => {
    const detail = details[at] ?? {}
    const actorEmail = row.actorKind === 'member' ? (emails.get(row.actorId) ?? null) : null
    const undoneBy = undos.get(`changeset:${detail.changeset}`) ?? null
    return { ...row, id: String(id), actorEmail, detail, undoneBy, finding: findings.get(row.target) ?? null }
  })
  const last = rows.at(-1)
  return { rows, next: found.length > PAGE && last ? encodeCursor(last.id) : null }
}

/** The days of a filter, in the organization's zone. */
function daysOf({ from, to }: AuditFilter): Prisma.AuditEntryWhereInput {
  const start = (day: string) => instantOf(`${day}T00:00`, env().HINOMI_TIME_ZONE)
  const [first, end] = [from ? start(from) : null, to ? start(dayAfter(to)) : null]
  return first || end ? { at: { ...(first && { gte: first }), ...(end && { lt: end }) } } : {}
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** The findings in scope that are the targets of entries, by target. */
async function findingsOf(
  access: Access<'audit:read'>,
  entries: readonly { target: string }[],
): Promise<Map<string, NonNullable<AuditRow['finding']>>> {
  const wanted = entries.flatMap(({ target }) => FindingId.safeParse(target.replace(/^finding:/, '')).data ?? [])
  if (wanted.length === 0) return new Map()
  const places = [...new Set(wanted)].map(splitFindingId)
  const rows = await read<{
    account_id: AccountId
    id: string
    control: string
    title: string
    name: string | null
  }>(sql`
    SELECT f.account_id, f.id::text AS id, f.control, f.title, a.name
    FROM unnest(${places.map(({ accountId }) => accountId)}::text[], ${places.map(({ uuid }) => uuid)}::uuid[]) AS w (account_id, id)
    JOIN finding f ON f.account_id = w.account_id AND f.id = w.id LEFT JOIN account a ON a.id = f.account_id
    WHERE ${inScope(access)}`)
  return new Map(
    rows.map(row => [
      `finding:${toFindingId(row.account_id, row.id)}`,
      { control: row.control, title: row.title, account: row.name || row.account_id },
    ]),
  )
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
