import { z } from 'zod'
import { answer, inPath, type Json, meanings, operation, problems, queryOf } from '../api/document-parts'
import { AttachmentsQuery, UploadAttachment } from './attachment'

/** The paths of attached files in the OpenAPI document. */
export function attachmentPaths(): Json {
  const contents = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  return {
    '/attachments': {
      get: operation('listAttachments', 'List the files of a finding or an exception', 'findings:read', {
        parameters: queryOf(AttachmentsQuery),
        responses: { 200: answer('Attachments'), ...problems(404, 409) },
      }),
      post: operation(
        'uploadAttachment',
        'Upload a file as evidence: PDF, PNG, XLSX without macros, CSV or text, up to 50 MB',
        'findings:read, and findings:triage for a finding, else exceptions:request',
        {
          parameters: queryOf(UploadAttachment).map(each =>
            each.name === 'name' ? { ...each, required: true } : each,
          ),
          requestBody: { required: true, content: contents },
          responses: { 200: answer('Attachment'), ...problems(404, 409, 413, 507) },
        },
      ),
    },
    '/attachments/{id}': {
      get: operation('downloadAttachment', 'Download a file; the audit log records it', 'findings:read', {
        parameters: [inPath('id', z.uuid())],
        responses: { 200: { description: meanings[200], content: contents }, ...problems(404, 409, 507) },
      }),
      delete: operation(
        'deleteAttachment',
        'Delete a file that the caller uploaded, before its exception is decided or its finding is closed',
        'findings:read',
        {
          parameters: [inPath('id', z.uuid())],
          responses: { 200: answer('Deleted'), ...problems(404, 409, 507) },
        },
      ),
    },
  }
}
