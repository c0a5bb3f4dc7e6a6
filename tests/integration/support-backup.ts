import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { sealText } from '../../lib/access/seal/seal'
import { hashPassword } from '../../lib/access/sign-in/password'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { env } from '../../lib/env'
import { beginAttachment } from '../../lib/store/attachments/receive'
import { recordAudit } from '../../lib/store/audit/audit'
import { LEFT_OUT, listTables, quoted } from '../../lib/store/backup/catalogue'
import { addConnection } from '../../lib/store/collection/connections'
import { requestException } from '../../lib/store/exceptions/request'
import { addComment, setStatus } from '../../lib/store/findings/triage'
import { attach } from '../support/files'
import { accessOf, addMember } from '../support/people'
import { freshDatabase } from '../support/postgres'
import { fillCollected } from './support-backup-collected'
import { sealAll, twoImports } from './support-chain'
import { asff, complete, job, newAccount } from './support-ingest'

export const PASSWORD = 'correct horse battery'
export const EMAIL = 'hanako@example.com'

// Files that run in one process share this module: the folder outlives each of them.
const folder = mkdtempSync(join(inject('folder'), 'backup-'))

export const inFolder = (name: string) => join(folder, name)

/** Makes this process use another database. */
export async function switchDatabase(url: string): Promise<string> {
  await closeDatabase()
  env().DATABASE_URL = url
  return url
}

/** Creates a database with all migrations and no rows, and returns its URL. */
export const emptyDatabase = () => freshDatabase({ adminUrl: inject('adminUrl'), templateUrl: inject('templateUrl') })

/** The tables with rows, except the teams that a migration adds. */
export async function filledTables(url: string): Promise<string[]> {
  const filled = Object.entries(await digests(url)).filter(([, digest]) => !digest.startsWith('0 '))
  return filled.map(([table]) => table).filter(table => table !== 'team')
}

/** A database without tables, owned by the same role. */
export async function bareDatabase(): Promise<string> {
  const owner = new URL(inject('templateUrl')).username
  const name = `bare_${createHash('sha256').update(String(process.hrtime.bigint())).digest('hex').slice(0, 12)}`
  await ask(inject('adminUrl'), `CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`)
  return Object.assign(new URL(inject('templateUrl')), { pathname: `/${name}` }).href
}

export async function ask<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** A connection with an account, and what its collector read. */
async function connect(account: string): Promise<string> {
  const input = {
    name: '組織',
    kind: 'organization',
    accountId: account,
    partition: 'aws',
    roleName: 'Reader',
  } as const
  const { id } = await addConnection(job, input)
  await prisma().account.update({ where: { id: account }, data: { connectionId: id } })
  const startedAt = new Date().toISOString()
  const arn = 'arn:aws:s3:::logs'
  const lines = [
    { collection: 1, account, collector: 's3', startedAt, whole: true },
    {
      inventory: 1,
      account,
      region: 'global',
      type: 'AWS::S3::Bucket',
      arn,
      name: 'logs',
      data: {},
      observedAt: startedAt,
    },
    { coverage: 1, account, region: 'global', collector: 's3', state: 'ok', complete: true, records: 1 },
  ]
  await complete(lines.map(line => `${JSON.stringify(line)}\n`).join(''), new Date())
  return id
}

/** Rows in every table that a backup contains: people, reports, findings, decisions, exceptions, a sealed history. */
export async function fill(): Promise<void> {
  const member = accessOf(await addMember('member'), 'member')
  const admin = await addMember('admin', {
    email: EMAIL,
    name: '花子 \\ "Ḧ" \t\u{1F525} \u202E',
    passwordHash: await hashPassword(PASSWORD),
  })
  await prisma().member.update({
    where: { id: admin.id },
    data: { totpSecret: sealText(`totp:${admin.id}`, 'JBSWY3DPEHPK3PXP') },
  })
  await prisma().session.create({ data: { memberId: admin.id } })
  await twoImports()
  const awkward = { title: 'line one\nline two\t\\N \\. \u0001', description: '説明'.repeat(50_000) }
  const account = newAccount()
  await complete(
    [asff({ account, updatedAt: null, ...awkward }), { AwsAccountId: 'nobody' }],
    new Date(Date.now() - 3_600_000),
  )
  setClock()
  await fillCollected(account, await connect(account), admin.id)
  const found = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  const key = toFindingId(account, found.id)
  await setStatus(accessOf(admin, 'admin'), { selection: { ids: [key] }, status: 'in_progress' })
  const until = new Date(Date.now() + 30 * 24 * 3_600_000).toISOString().slice(0, 10)
  const { id } = await requestException(member, {
    finding: key,
    kind: 'accepted',
    reason: '理由',
    controls: 'how',
    until,
  })
  const review = { at: new Date(), note: '理由' }
  await prisma().exceptionReview.create({
    data: { exceptionId: id, dueAt: review.at, reviewedBy: admin.id, reviewedName: 'x', ...review },
  })
  const detail = { ...review, at: review.at.toISOString() }
  await recordAudit(prisma(), member, { action: 'exception.review', target: `exception:${id}`, detail })
  await attach(accessOf(admin, 'admin'), '証跡.txt', Buffer.alloc(300_000, 'x'), { finding: key })
  await beginAttachment(member, { name: 'a.txt', type: 'text', finding: key, exception: null })
  await sealAll()
  await addComment(accessOf(admin, 'admin'), { selection: { ids: [key] }, text: '\\.\r\n\\N' })
  await startUpload()
}

/** An upload that is being received and never ends: its row exists. */
async function startUpload(): Promise<void> {
  const { rows } = await pool().query<{ id: number }>(
    `INSERT INTO import SELECT n.* FROM import i, jsonb_populate_record(i, jsonb_build_object('id', nextval('import_id_seq'), 'state', 'receiving')) n
     ORDER BY i.id LIMIT 1 RETURNING id`,
  )
  await pool().query(
    'INSERT INTO import_chunk (import_id, start, length, deflated) SELECT $1, start, length, deflated FROM import_chunk LIMIT 1',
    [rows[0]?.id],
  )
}

/** A digest of each table in a backup, independent of the order of rows; without the audit entries about backups. */
export async function digests(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found: Record<string, string> = {}
    const own = `SELECT id FROM audit_entry WHERE action LIKE 'backup.%'`
    const where: Record<string, string> = {
      audit_entry: `id NOT IN (${own})`,
      chain_pending: `NOT (kind = 'audit' AND row_id IN (${own}))`,
      attachment: `state <> 'receiving'`,
      attachment_chunk: `attachment_id IN (SELECT id FROM attachment WHERE state <> 'receiving')`,
      import: `state <> 'receiving'`,
      import_chunk: `import_id IN (SELECT id FROM import WHERE state <> 'receiving')`,
    }
    for (const { name } of await listTables(client)) {
      if (LEFT_OUT.some(table => table === name)) continue
      const { rows } = await client.query<{ digest: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")), '') AS digest
         FROM ${quoted(name)} t WHERE ${where[name] ?? 'true'}`,
      )
      found[name] = rows[0]?.digest ?? ''
    }
    return found
  } finally {
    await client.end()
  }
}
