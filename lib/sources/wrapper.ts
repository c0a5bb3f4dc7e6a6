import { isRecord } from './text'

/** Lists in answers of AWS Config: https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html */
const plainLists: readonly string[] = ['EvaluationResults', 'AggregateEvaluationResults']

export type WrapperKey = 'findings' | 'evaluations' | 'detail'

/** How long the keys of wrappers are, so that others cost nothing. */
export const wrapperKeyLengths: ReadonlySet<number> = new Set(
  ['findings', 'detail', ...plainLists].map(key => key.length),
)

/** What a key of an object announces; most only in the outermost object. */
export function wrapperKey(key: string, outermost: boolean): WrapperKey | null {
  if (key === 'Findings' || key === 'findings') return 'findings'
  if (!outermost) return null
  if (plainLists.includes(key)) return 'evaluations'
  return key === 'detail' ? 'detail' : null
}

/** Where a record of a list turns out to be a wrapper with records of its own. */
export type Wrapper = { kind: 'none' } | { kind: 'list' } | { kind: 'wrong' } | { kind: 'body'; text: string }

/**
 * Tells a wrapper from a finding. Wrappers: a page of GetFindings (`Findings`, or `findings` as other tools write it),
 * an EventBridge event (`detail.findings`, in both of Security Hub's event types), and an HTTP request with such a text
 * in `body`. Only these places count; a finding may hold keys of the same name deeper.
 */
export function wrapperIn(value: unknown): Wrapper {
  if (!isRecord(value)) return { kind: 'none' }
  if (plainLists.some(name => Array.isArray(value[name]))) return { kind: 'list' }
  const list = value.Findings ?? value.findings ?? (isRecord(value.detail) ? value.detail.findings : undefined)
  if (list !== undefined) return { kind: Array.isArray(list) ? 'list' : 'wrong' }
  if (typeof value.body !== 'string' || 'SchemaVersion' in value || 'class_uid' in value) return { kind: 'none' }
  const text = value.isBase64Encoded === true ? Buffer.from(value.body, 'base64').toString('utf8') : value.body
  return /^\s*[{[]/.test(text) ? { kind: 'body', text } : { kind: 'none' }
}

const EVENT_TIME = /"time"\s*:\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/

/** When an event was sent, by the part of it before its findings: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function eventTimeIn(head: Buffer): Date | null {
  const time = Date.parse(EVENT_TIME.exec(head.toString('latin1', 0, 4096))?.[1] ?? '')
  return Number.isNaN(time) ? null : new Date(time)
}
