import { z } from 'zod'
import { Instant, type ViewOf } from '../api/view'
import { attachmentTypes } from './attachment'

/** A file that is attached to a finding or an exception. */
export const ApiAttachment = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  type: z.enum(attachmentTypes),
  sizeBytes: z.int(),
  sha256: z.string().describe('Of the contents; also in the audit log, which the hash chain covers'),
  uploadedName: z.string(),
  uploadedAt: Instant,
  own: z.boolean().describe('Whether the caller uploaded it'),
})
export type AttachmentView = ViewOf<typeof ApiAttachment>

export const ApiAttachments = z.strictObject({ attachments: z.array(ApiAttachment) })
/** The id of a file that was deleted. */
export const ApiDeleted = z.strictObject({ id: z.uuid() })
