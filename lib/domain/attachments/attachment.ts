import { z } from 'zod'
import { AppError } from '../../errors'
import { FindingId } from '../findings/filter'
import { oneLine } from '../text/plain-text'

/** The kinds of files that can be attached. */
export const attachmentTypes = ['pdf', 'png', 'xlsx', 'csv', 'text'] as const
export type AttachmentType = (typeof attachmentTypes)[number]

/** What a file is attached to. A draft belongs to a request that its uploader still writes. */
export const attachmentOwners = ['draft', 'finding', 'exception'] as const
export type AttachmentOwner = (typeof attachmentOwners)[number]

export const MAX_ATTACHMENT_MB = 50
/** Files of one finding or exception, and drafts of one person. */
export const MAX_ATTACHMENTS = 20
/** Hours after which a draft is deleted that no request refers to. */
export const DRAFT_HOURS = 24
const MAX_NAME = 150

const EXTENSIONS: ReadonlyMap<string, AttachmentType> = new Map([
  ['pdf', 'pdf'],
  ['png', 'png'],
  ['xlsx', 'xlsx'],
  ['csv', 'csv'],
  ['txt', 'text'],
  ['log', 'text'],
  ['md', 'text'],
  ['json', 'text'],
])

/** The extensions that are accepted, for the field that chooses files. */
export const attachmentExtensions = [...EXTENSIONS.keys()].map(extension => `.${extension}`)

/** Media types that a sender may declare for each type. Excel on Windows declares its own for CSV. */
const MEDIA: Readonly<Record<AttachmentType, RegExp>> = {
  pdf: /^application\/pdf$/,
  png: /^image\/png$/,
  xlsx: /^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/,
  csv: /^(?:text\/(?:csv|plain)|application\/(?:csv|vnd\.ms-excel))$/,
  text: /^(?:text\/(?:plain|markdown|x-log)|application\/json)$/,
}
/** No declaration: what a program sends that does not know the type, and the default of curl. */
const UNDECLARED = /^(?:application\/octet-stream|application\/x-www-form-urlencoded|)$/

const finding = FindingId.nullable().default(null).describe('The finding that it is attached to')
const exception = z.int().min(1).max(2_147_483_647).nullable().default(null)

/** Query of GET /attachments: one of the two. */
export const AttachmentsQuery = z.strictObject({ finding, exception })

/** Query of POST /attachments. */
export const UploadAttachment = z.strictObject({
  name: z.string().min(1).max(1_000).describe('The name of the file; its extension states the type'),
  finding,
  exception: exception.describe('With neither, the file is for `evidence` of a request'),
})

/** The name and type of a file. Throws `conflict` for another extension, or one that the declared media type contradicts. */
export function toNamedFile(given: string, declared: string | null): { name: string; type: AttachmentType } {
  const name = toFileName(given)
  const type = EXTENSIONS.get(/.\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '')
  if (!type) throw new AppError('conflict', { reason: 'attachmentType', params: { name }, field: 'name' })
  const media = (declared ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!UNDECLARED.test(media) && !MEDIA[type].test(media))
    throw new AppError('conflict', { reason: 'attachmentMedia', params: { name, media: media.slice(0, 100) } })
  return { name, type }
}

/**
 * A file name that is safe to show and to save: without folders, hidden and bidirectional characters, and characters that
 * Windows reserves (https://learn.microsoft.com/windows/win32/fileio/naming-a-file). A long one keeps its extension.
 */
export function toFileName(given: string): string {
  const last = given.split(/[\\/]/).at(-1) ?? ''
  const name = oneLine(last.normalize('NFC'))
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const letters = [...name]
  if (letters.length <= MAX_NAME) return name
  const extension = /\.[a-z]{1,10}$/i.exec(name)?.[0] ?? ''
  return letters.slice(0, MAX_NAME - extension.length).join('') + extension
}

/** The Content-Disposition of a download (RFC 6266): a name in ASCII, and the whole one as RFC 8187 encodes it. */
export function downloadDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
