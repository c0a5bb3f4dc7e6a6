import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { receiveAttachment } from '../../lib/ingest/attachments/receive-attachment'
import { checkAttachments } from '../../lib/queries/check/contents/attachments'
import { Differences } from '../../lib/queries/check/differences'
import { getFinding } from '../../lib/queries/findings/finding'
import { countSealedValues } from '../../lib/queries/sealed-values'
import { deleteAttachment, downloadAttachment } from '../../lib/store/attachments/download'
import {
  beginAttachment,
  dropAttachment,
  dropLooseAttachments,
  finishAttachment,
  storeAttachmentPiece,
} from '../../lib/store/attachments/receive'
import { setStatus } from '../../lib/store/findings/triage'
import { resealStoredValues } from '../../lib/store/keys'
import { attach, inChunks, PDF, xlsxOf } from '../support/files'
import { jobAccess } from '../support/job'
import { accessOf, addMember } from '../support/people'
import { setSecrets } from '../support/secrets'
import { people, reported, type Who } from './support-exceptions'
import { at } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

const job = jobAccess('test')
const { HINOMI_SECRET, HINOMI_OLD_SECRETS, HINOMI_MAX_ATTACHMENTS_MB } = env()
let who: { member: Who; sreLead: Who; csirtLead: Who }
let finding = ''

beforeAll(async () => {
  who = await people()
  finding = (await reported()).key
})
afterEach(async () => {
  Object.assign(env(), { HINOMI_SECRET, HINOMI_OLD_SECRETS, HINOMI_MAX_ATTACHMENTS_MB })
  setClock()
  await pool().query('TRUNCATE attachment, attachment_chunk')
})
afterAll(closeDatabase)

async function bytesOf(access: Who, id: string): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of (await downloadAttachment(access, id)).bytes) parts.push(part)
  return Buffer.concat(parts)
}

const stored = async () => {
  const { rows } = await pool().query<{ files: number; pieces: number }>(
    'SELECT (SELECT count(*)::int FROM attachment) AS files, (SELECT count(*)::int FROM attachment_chunk) AS pieces',
  )
  return rows[0]
}
const failing = (reason: string) => expect.objectContaining({ reason })

test('a file comes back as it was sent, and is stored encrypted with its hash in audit log and history', async () => {
  const text = Buffer.from(`secret evidence ${randomBytes(500_000).toString('hex')}`)
  const id = await attach(who.member, '証跡.txt', text, { finding })
  expect(await stored()).toEqual({ files: 1, pieces: 4 })
  const { rows } = await pool().query<{ sealed: Buffer }>('SELECT sealed FROM attachment_chunk')
  for (const { sealed } of rows) expect(sealed.includes(text.subarray(0, 15))).toBe(false)
  expect(await bytesOf(who.sreLead, id)).toEqual(text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const { attachments, events } = await getFinding(who.sreLead, finding)
  expect(attachments).toMatchObject([
    { id, name: '証跡.txt', type: 'text', sizeBytes: text.length, sha256, own: false },
  ])
  expect(events.at(-1)).toMatchObject({ kind: 'attached', after: '証跡.txt', text: sha256 })
  const audit = await prisma().auditEntry.findMany({ where: { target: `attachment:${id}` }, orderBy: { id: 'asc' } })
  expect(audit.map(entry => [entry.action, entry.actorId])).toEqual([
    ['attachment.upload', who.member.actor.id],
    ['attachment.download', who.sreLead.actor.id],
  ])
  expect(audit[0]?.detail).toMatchObject({ sha256, bytes: text.length })
})

test('a refused or interrupted file leaves nothing', async () => {
  await expect(attach(who.member, 'a.pdf', 'no PDF at all', { finding })).rejects.toEqual(failing('attachmentContent'))
  await expect(attach(who.member, 'a.txt', '', { finding })).rejects.toEqual(failing('attachmentEmpty'))
  const large = Buffer.alloc(50 * 1024 * 1024 + 1, 'x')
  await expect(attach(who.member, 'a.txt', large, { finding })).rejects.toEqual(failing('attachmentSize'))
  async function* broken() {
    yield* inChunks(Buffer.alloc(600_000, 'x'))
    throw new Error('the sender broke off')
  }
  const input = { name: 'a.txt', type: 'text' as const, finding, exception: null }
  await expect(receiveAttachment(who.member, broken(), input)).rejects.toThrow('the sender broke off')
  expect(await stored()).toEqual({ files: 0, pieces: 0 })
})

describe('a file that arrives', () => {
  const begin = () => beginAttachment(who.member, { name: 'a.txt', type: 'text', finding, exception: null })
  const text = Buffer.from('evidence')

  test('stays if the answer to its commit is lost', async () => {
    const receiving = await begin()
    await storeAttachmentPiece(who.member, receiving, 0, true, text)
    const sha256 = createHash('sha256').update(text).digest('hex')
    const { id } = await finishAttachment(who.member, receiving, { sizeBytes: text.length, pieces: 1, sha256 })
    await dropAttachment(who.member, receiving)
    expect(await bytesOf(who.member, id)).toEqual(text)
  })

  test('leaves no piece if it is deleted meanwhile', async () => {
    const receiving = await begin()
    const client = await pool().connect()
    await client.query('BEGIN')
    await client.query('DELETE FROM attachment WHERE id = $1', [receiving.content.id])
    const piece = storeAttachmentPiece(who.member, receiving, 0, false, text).catch((error: unknown) => error)
    await new Promise(resolve => setTimeout(resolve, 200))
    await client.query('COMMIT')
    client.release()
    expect(await piece).toMatchObject({ code: 'unavailable' })
    expect(await stored()).toEqual({ files: 0, pieces: 0 })
  })
})

describe('a workbook', () => {
  const TYPES = '[Content_Types].xml'
  const MACROS = 'application/vnd.ms-excel.sheet.macroEnabled.main+xml'
  const types = (type: string) => ({ [TYPES]: `<Types><Override ContentType="${type}"/></Types>` })
  const wide = ({ [TYPES]: text = '' }: Record<string, string>) => ({
    [TYPES]: Buffer.from(`\ufeff${text}`, 'utf16le'),
  })
  const withEntity = ({ [TYPES]: text = '' }: Record<string, string>) => ({
    [TYPES]: `<!DOCTYPE Types [<!ENTITY m "${MACROS}">]>${text}`,
  })
  test('is accepted without macros', async () => {
    const sheet = randomBytes(700_000).toString('base64')
    const workbook = xlsxOf({ 'xl/worksheets/sheet1.xml': sheet })
    expect(await bytesOf(who.member, await attach(who.member, 'a.xlsx', workbook))).toEqual(workbook)
  })
  test.each([
    ['macros', xlsxOf({ 'xl/vbaProject.bin': 'x' }), 'attachmentMacros'],
    ['macros of Excel 4', xlsxOf({ 'xl/macrosheets/sheet1.xml': 'x' }), 'attachmentMacros'],
    ['an embedded program', xlsxOf({ 'xl/embeddings/oleObject1.bin': 'x' }), 'attachmentMacros'],
    ['a type with macros', xlsxOf(types(MACROS)), 'attachmentMacros'],
    ['another document', xlsxOf().subarray(0, 60), 'attachmentContent'],
    ['a type with macros in UTF-16', xlsxOf(wide(types(MACROS))), 'attachmentContent'],
    ['a type with macros in character references', xlsxOf(types(MACROS.replace('E', '&#69;'))), 'attachmentContent'],
    ['a type with macros by an entity', xlsxOf(withEntity(types('&m;'))), 'attachmentMacros'],
    ['a second list of types', xlsxOf({ '[content_types].xml': types(MACROS)[TYPES] ?? '' }), 'attachmentContent'],
  ])('with %s is refused', async (_what, bytes, reason) => {
    await expect(attach(who.member, 'a.xlsx', bytes)).rejects.toEqual(failing(reason))
    expect(await stored()).toEqual({ files: 0, pieces: 0 })
  })
  test('needs the parts of a workbook', async () => {
    const { zipOf } = await import('../support/zip')
    const other = zipOf([
      { name: 'word/document.xml', data: 'x' },
      { name: '[Content_Types].xml', data: '<Types/>' },
    ])
    await expect(attach(who.member, 'a.xlsx', other)).rejects.toEqual(failing('attachmentContent'))
  })
})

test('only a reader of the finding sees its files; drafts only their uploader', async () => {
  const limited = accessOf(await addMember('lead', { limited: true, accounts: ['999999999999'] }), 'lead')
  const viewer = accessOf(await addMember('viewer'), 'viewer')
  const id = await attach(who.member, 'a.pdf', PDF, { finding })
  const draft = await attach(who.member, 'a.pdf', PDF)
  await expect(downloadAttachment(limited, id)).rejects.toEqual(failing('not_found'))
  await expect(attach(limited, 'a.pdf', PDF, { finding })).rejects.toEqual(failing('not_found'))
  expect(await bytesOf(viewer, id)).toEqual(PDF)
  await expect(attach(viewer, 'a.pdf', PDF, { finding })).rejects.toEqual(failing('forbidden'))
  await expect(attach(viewer, 'a.pdf', PDF)).rejects.toEqual(failing('forbidden'))
  expect(await bytesOf(who.member, draft)).toEqual(PDF)
  await expect(downloadAttachment(who.csirtLead, draft)).rejects.toEqual(failing('not_found'))
  const begun = await beginAttachment(who.member, { name: 'a.pdf', type: 'pdf', finding, exception: null })
  await expect(downloadAttachment(who.member, begun.content.id)).rejects.toEqual(failing('not_found'))
})

test('only its uploader deletes a file, and only while nothing is decided', async () => {
  const { key } = await reported()
  const [kept, gone] = [
    await attach(who.member, 'a.pdf', PDF, { finding: key }),
    await attach(who.member, 'b.pdf', PDF, { finding: key }),
  ]
  await expect(deleteAttachment(who.csirtLead, gone)).rejects.toEqual(failing('attachmentUploader'))
  await deleteAttachment(who.member, gone)
  expect(await stored()).toEqual({ files: 1, pieces: 1 })
  expect((await getFinding(who.member, key)).events.at(-1)).toMatchObject({ kind: 'detached', before: 'b.pdf' })
  await setStatus(who.member, { selection: { ids: [key] }, status: 'resolved', reason: 'See the file' })
  await expect(deleteAttachment(who.member, kept)).rejects.toEqual(failing('attachmentKept'))
})

test('a file that a decision stood on stays when the finding is reopened', async () => {
  const { key } = await reported()
  const id = await attach(who.member, 'a.pdf', PDF, { finding: key })
  const set = (status: 'resolved' | 'in_progress') =>
    setStatus(who.member, { selection: { ids: [key] }, status, reason: 'See the file' })
  await set('resolved')
  await set('in_progress')
  await expect(deleteAttachment(who.member, id)).rejects.toEqual(failing('attachmentKept'))
  setClock(() => at(11))
  const later = await attach(who.member, 'b.pdf', PDF, { finding: key })
  await deleteAttachment(who.member, later)
})

test('a file is not deleted beside a decision about its finding', async () => {
  const { account, key } = await reported()
  const id = await attach(who.member, 'a.pdf', PDF, { finding: key })
  const release = await holdingAccount(account)
  const closed = setStatus(who.csirtLead, { selection: { ids: [key] }, status: 'resolved', reason: 'See the file' })
  await waiting(1)
  const deleted = deleteAttachment(who.member, id)
  deleted.catch(() => undefined)
  await waiting(2)
  await release()
  await closed
  await expect(deleted).rejects.toEqual(failing('attachmentKept'))
})

test('the number and the size of all files are limited', async () => {
  for (let n = 0; n < 20; n++) await attach(who.member, `${n}.pdf`, PDF)
  await expect(attach(who.member, '20.pdf', PDF)).rejects.toEqual(failing('attachmentCount'))
  // Drafts of another person count for themselves.
  await attach(who.sreLead, 'a.pdf', PDF)
  Object.assign(env(), { HINOMI_MAX_ATTACHMENTS_MB: 51 })
  await attach(who.sreLead, 'b.txt', Buffer.alloc(2_000_000, 'x'))
  await expect(attach(who.sreLead, 'c.pdf', PDF)).rejects.toEqual(failing('attachmentsFull'))
})

test('the job deletes abandoned uploads and old drafts, and nothing else', async () => {
  const draft = await attach(who.member, 'draft.pdf', PDF)
  const kept = await attach(who.member, 'kept.pdf', PDF, { finding })
  const begun = await beginAttachment(who.member, { name: 'a.pdf', type: 'pdf', finding, exception: null })
  expect(await dropLooseAttachments(job)).toBe(0)
  await pool().query(`UPDATE attachment SET alive_at = alive_at - interval '4 minutes'`)
  expect(await dropLooseAttachments(job)).toBe(1)
  expect(await prisma().attachment.findUnique({ where: { id: begun.content.id } })).toBeNull()
  await pool().query(`UPDATE attachment SET uploaded_at = now() - interval '25 hours'`)
  expect(await dropLooseAttachments(job)).toBe(1)
  expect((await prisma().attachment.findMany()).map(({ id }) => id)).toEqual([kept])
  expect(
    await prisma().auditEntry.count({ where: { target: `attachment:${draft}`, action: 'attachment.delete' } }),
  ).toBe(1)
})

test('a replaced secret seals the keys of files again, and they stay readable', async () => {
  setSecrets('the first secret, which a test knows')
  const id = await attach(who.member, 'a.pdf', PDF, { finding })
  setSecrets('the second secret, which a test knows', 'the first secret, which a test knows')
  expect(await bytesOf(who.member, id)).toEqual(PDF)
  expect(await resealStoredValues(job)).toMatchObject({ resealed: 1, unopened: [] })
  setSecrets('the second secret, which a test knows')
  expect((await countSealedValues(job)).malformed).toBe(0)
  expect(await bytesOf(who.member, id)).toEqual(PDF)
  const differences = new Differences()
  await checkAttachments(differences)
  expect(differences.named).toEqual([])
})

test('a changed piece ends the download instead of sending other bytes', async () => {
  const id = await attach(who.member, 'a.txt', Buffer.alloc(600_000, 'x'), { finding })
  await pool().query(
    `UPDATE attachment_chunk SET sealed = (SELECT sealed FROM attachment_chunk WHERE position = 0) WHERE position = 1`,
  )
  await expect(bytesOf(who.member, id)).rejects.toEqual(failing('attachmentBroken'))
})
