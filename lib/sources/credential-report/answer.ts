import type { WrappedText } from '../source'
import { isRecord } from '../values/text'

/** An additional column with the time of the answer. */
export const GENERATED_TIME = 'GeneratedTime'

/**
 * The CSV in an answer of GetCredentialReport, as `aws iam get-credential-report` or an SDK writes it; null for any
 * other value. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html
 */
export function credentialReportIn(value: Record<string, unknown>): WrappedText | null {
  const format = value.ReportFormat ?? value.reportFormat
  const content = value.Content ?? value.content
  if (content === undefined || typeof format !== 'string') return null
  const csv = textOf(content)
  if (!/^\ufeff?"?user"?,/.test(csv)) return null
  const generated = value.GeneratedTime ?? value.generatedTime
  const known = typeof generated === 'string' || typeof generated === 'number' ? generated : null
  return { text: csv, beside: { [GENERATED_TIME]: known } }
}

/** Base64 in the CLI's answer; SDKs also return the text, or the bytes as Node.js writes them into JSON. */
function textOf(content: unknown): string {
  if (typeof content === 'string')
    return content.includes(',') ? content : Buffer.from(content, 'base64').toString('utf8')
  const bytes = isRecord(content) ? (Array.isArray(content.data) ? content.data : Object.values(content)) : content
  return Array.isArray(bytes) && bytes.every(byte => Number.isInteger(byte)) ? Buffer.from(bytes).toString('utf8') : ''
}
