import { deflateSync } from 'node:zlib'
import { newContentKey, sealPiece } from '../../../lib/access/seal/seal-pieces'
import { countAttempt } from '../../../lib/access/sign-in/attempts'
import { hashInvite } from '../../../lib/access/sign-in/invite-token'
import { hashPassword } from '../../../lib/access/sign-in/password'
import { pool, prisma } from '../../../lib/db'
import { splitFindingId, toFindingId } from '../../../lib/domain/findings/filter'
import type { TeamId } from '../../../lib/domain/people/team'
import type { Prisma } from '../../../lib/generated/prisma/client'
import { addKey } from '../access-keys'
import { addCell, addConnection } from '../connections'
import { clear, ours, theirs, twoAccounts } from '../organisation'
import { addFinding, addMember } from '../people'
import { resetTeams } from '../teams'

/** The account that limited callers can see, and one that they cannot. */
export const A = ours
export const B = theirs
/** An account that no report has named. */
export const UNKNOWN = '333333333333'

/** Words that a limited caller must never see: every text about B has one of them. */
export const WORDS_OF_B = new RegExp(`${B}|theirs`)

export const PASSWORD = 'correct horse battery'
/** Computed once: hashing a password is slow by design. */
let passwordHash: Promise<string> | null = null

export async function hashOfPassword(): Promise<string> {
  passwordHash ??= hashPassword(PASSWORD)
  return passwordHash
}

export type World = Awaited<ReturnType<typeof twoAccounts>> & {
  imports: { a: number; b: number }
  /** It reads both accounts. */
  connection: string
}

/** Two accounts, each with a finding of SRE, a feed and an import. All texts of the second contain "theirs". */
export async function newWorld(): Promise<World> {
  await clear()
  await resetTeams()
  await pool().query(`TRUNCATE attachment, attachment_chunk, exception, setting, csv_mapping, policy_work, session, invite, finding_merge, finding_split,
    audit_throttle, sign_in_attempt, coverage, access_key, entrance, web_acl`)
  await prisma().connection.deleteMany()
  const accounts = await twoAccounts()
  await addEntrance(A, 'ours')
  await addEntrance(B, 'theirs')
  const importOf = async (account: string) =>
    (await prisma().import.findFirstOrThrow({ where: { accounts: { has: account } } })).id
  const imports = { a: await importOf(A), b: await importOf(B) }
  await addKey(A, { id: 'ours_key', userName: 'ours' })
  await addKey(B, { id: 'theirs_key', userName: 'theirs' })
  return { ...accounts, imports, connection: await connectionOfBoth(imports) }
}

/** The id of an entrance that both accounts have. */
export const ENTRANCE = '0123456789abcdef0123456789abcdef'

async function addEntrance(accountId: string, name: string): Promise<void> {
  const place = { accountId, region: 'eu-west-1', judgedAt: new Date('2026-01-01T00:00:00Z') }
  const resource = { id: ENTRANCE, kind: 'alb', arn: `arn:${name}`, name, address: `${name}.example` }
  await prisma().entrance.create({
    data: { ...place, ...resource, rung: 'none', step: 'create_acl', stepValues: { name } },
  })
}

/** A connection of both accounts, each with a cell that says why it cannot be read. */
async function connectionOfBoth(imports: { a: number; b: number }): Promise<string> {
  await addCell(A, { state: 'denied', complete: false, message: 'ours denied', importId: imports.a })
  await addCell(B, { state: 'denied', complete: false, message: 'theirs denied', importId: imports.b })
  return addConnection([A, B], { name: 'theirs and ours', accountId: B })
}

/** Creates a finding and returns its public id. */
export async function finding(account: string, team: TeamId, more: Partial<Prisma.FindingUncheckedCreateInput> = {}) {
  const title = account === A ? 'ours' : 'theirs'
  const { id } = await addFinding(account, { team, title, sources: ['security-hub'], ...more })
  return toFindingId(account, id)
}

/** A finding with another one merged into it: its id, and the id of the other. */
export async function mergedFinding(account: string, team: TeamId): Promise<{ id: string; merged: string }> {
  const [into, other] = [await addFinding(account, { team }), await addFinding(account, { team, control: 'S3.9' })]
  await pool().query(
    `WITH gone AS (DELETE FROM finding WHERE account_id = $1 AND id = $3 RETURNING *)
     INSERT INTO finding_merge (account_id, id, into_id, at, finding, target, names, sightings)
     SELECT $1, $3, $2, now(), to_jsonb(gone), (SELECT to_jsonb(f) FROM finding f WHERE account_id = $1 AND id = $2), '{S3.9}', '{}' FROM gone`,
    [account, into.id, other.id],
  )
  return { id: toFindingId(account, into.id), merged: other.id }
}

/** A status change of one finding; by default by a member id that does not exist. */
export async function change({ account, by = crypto.randomUUID() }: { account: string; by?: string }): Promise<string> {
  const { id } = await addFinding(account, { team: 'sre', status: 'acknowledged' })
  const changeset = crypto.randomUUID()
  await pool().query(
    `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after, change_id, former)
     VALUES ($1, $2, now(), 'member', $3, 'Somebody', 'status', '"new"', '"acknowledged"', $4, '{}')`,
    [account, id, by, changeset],
  )
  return changeset
}

interface Asked {
  /** A finding with this account and severity; if omitted, a rule. */
  account?: string
  severity?: number
  match?: Prisma.InputJsonObject
  state?: string
  by?: string
  reviewAt?: Date
}

/** An exception that is requested, or already approved. */
export async function exception({
  account,
  severity = 3,
  match,
  state = 'requested',
  by = 'somebody',
  reviewAt,
}: Asked) {
  const of = account ? await addFinding(account, { team: 'sre', severity, sources: ['security-hub'] }) : null
  const { id } = await prisma().exception.create({
    data: {
      kind: 'accepted',
      state,
      condition: {},
      reason: account === B ? 'theirs' : 'why',
      controls: account === B ? 'theirs' : 'how',
      ...(reviewAt && { reviewAt }),
      expiresAt: new Date(Date.now() + 30 * 86_400_000),
      requestedBy: by,
      requestedName: by,
      requestedAt: new Date(),
      ...(of && { accountId: of.accountId, findingId: of.id }),
      ...(match && { match: { control: null, environments: [], resource: null, tag: null, accounts: [], ...match } }),
    },
  })
  return id
}

/** A file that somebody attached to a finding or an exception; its id. */
export async function fileOf(owner: string | number): Promise<string> {
  const isFinding = typeof owner === 'string'
  const { accountId, uuid } = isFinding ? splitFindingId(owner) : { accountId: null, uuid: String(owner) }
  const id = crypto.randomUUID()
  const { content, sealed } = newContentKey(id)
  await prisma().attachment.create({
    data: {
      id,
      state: 'stored',
      ownerKind: isFinding ? 'finding' : 'exception',
      ownerId: uuid,
      accountId,
      name: accountId === A ? 'ours.txt' : 'theirs.txt',
      type: 'text',
      pieces: 1,
      sizeBytes: 4,
      sealedKey: sealed,
      uploadedKind: 'member',
      uploadedBy: 'somebody',
      uploadedName: 'Somebody',
      uploadedAt: new Date(),
      aliveAt: new Date(),
    },
  })
  const piece = sealPiece(content, 0, true, Buffer.from('seen'))
  await prisma().attachmentChunk.create({ data: { attachmentId: id, position: 0, sealed: new Uint8Array(piece) } })
  return id
}

/** A complete import whose resolutions wait for confirmation. */
export async function waitingImport(account: string): Promise<number> {
  const id = await storedImport(account, { state: 'done', coverage: 'complete' })
  await pool().query(
    `UPDATE sighting SET absent_import_id = $2, absent_reason = 'waiting', absent_since = now() WHERE account_id = $1`,
    [account, id],
  )
  return id
}

/** An import that failed permanently after internal errors. */
export function failedImport(account: string): Promise<number> {
  return storedImport(account, { state: 'failed', coverage: 'partial', error: { code: 'internal', params: {} } })
}

async function storedImport(
  account: string,
  state: Pick<Prisma.ImportCreateInput, 'state' | 'coverage' | 'error'>,
): Promise<number> {
  const raw = Buffer.from('[]')
  const { id } = await prisma().import.create({
    data: {
      ...state,
      origin: 'api',
      sha256: 'waiting',
      sizeBytes: raw.length,
      observedAt: new Date(),
      actorKind: 'token',
      actorId: 'collector',
      actorName: 'Collector',
      accounts: [account],
      sources: ['security-hub'],
    },
  })
  await prisma().importChunk.create({
    data: { importId: id, start: 0n, length: raw.length, deflated: new Uint8Array(deflateSync(raw)) },
  })
  return id
}

export const csvMapping = {
  product: 'Scanner',
  class: 'posture' as const,
  columns: { resource: 'Resource', control: 'Check' },
}

/** Creates another infrastructure team and returns its id. */
export async function addedTeam({ retired = false } = {}): Promise<string> {
  const id = `t${crypto.randomUUID().slice(0, 8)}`
  const past = retired ? { retiredAt: new Date(), successor: 'sre' } : {}
  await prisma().team.create({
    data: { id, kind: 'infrastructure', nameEn: id, nameJa: id, position: 1000, ...past },
  })
  return id
}

/** Saves a mapping and returns its name. */
export async function savedMapping(): Promise<string> {
  const name = `mapping ${crypto.randomUUID()}`
  await prisma().csvMapping.create({ data: { name, mapping: csvMapping, updatedBy: 'x', updatedAt: new Date() } })
  return name
}

/** The current version of a setting, as an editor would have loaded it. */
export async function versionOf(key: string): Promise<string | null> {
  const row = await prisma().setting.findUnique({ where: { key } })
  return row ? (row.value as { version: string }).version : null
}

/** Another member with a session and a linked identity provider. */
export async function otherMember(): Promise<string> {
  const { id } = await addMember('member', { passwordHash: await hashOfPassword(), issuer: 'https://issuer.example' })
  await prisma().member.update({ where: { id }, data: { subject: id } })
  await prisma().session.create({ data: { memberId: id } })
  return id
}

/** A member with failed sign-in attempts for their address. */
export async function lockedMember(): Promise<string> {
  const { id, email } = await addMember('member')
  await countAttempt({ email, ip: null })
  return id
}

/** An open invitation: its id and the token of its link. */
export async function invitation(more: Partial<Prisma.InviteCreateInput> = {}) {
  const token = crypto.randomUUID()
  const { id, email } = await prisma().invite.create({
    data: {
      email: `${token}@example.com`,
      role: 'viewer',
      teams: ['sre'],
      tokenHash: hashInvite(token),
      createdBy: null,
      expiresAt: new Date(Date.now() + 86_400_000),
      ...more,
    },
  })
  return { id, email, token }
}

/** Routing rules that send a check of A to CIT. */
export const routingRules = [
  {
    name: 'Buckets',
    categories: [],
    control: 'S3.*',
    sources: [],
    accounts: [],
    environments: [],
    tag: null,
    severityAtLeast: null,
    team: 'cit' as const,
    owner: null,
  },
]
