import 'server-only'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export type CopyValue = string | number | bigint | boolean | Date | null | readonly string[]

const PIECE = 128 * 1024
/** Bytes that may wait for the database while the caller does something else. */
const AHEAD = 1024 * 1024
const MAX_INSTANTS = 1000
const SPECIAL = /[\\\t\n\r]/
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, char => ESCAPES[char] ?? char) : text
}

const instants = new Map<number, string>()

/** ISO 8601. Cached, since the rows of a report repeat a few times over and over. */
function instant(date: Date): string {
  const at = date.getTime()
  let text = instants.get(at)
  if (text === undefined) {
    text = date.toISOString()
    if (instants.size >= MAX_INSTANTS) instants.clear()
    instants.set(at, text)
  }
  return text
}

/** A value in PostgreSQL's COPY text format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2 */
function field(value: CopyValue): string {
  if (value === null) return '\\N'
  if (typeof value === 'string') return escaped(value)
  if (value instanceof Date) return instant(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (Array.isArray(value)) return escaped(`{${value.map(item => JSON.stringify(item)).join(',')}}`)
  return String(value)
}

/**
 * Appends a row for each item with COPY, the fastest way to insert. `target` is a table with its columns; it must not come from a
 * report. Fails as a whole: after any error the transaction has to be rolled back.
 */
export async function copyRows<Item>(
  client: PoolClient,
  target: string,
  items: readonly Item[],
  toRow: (item: Item) => readonly CopyValue[],
): Promise<void> {
  if (items.length === 0) return
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN`))
  const ended = finished(stream)
  // The error is thrown below; without a handler Node.js would end the process first.
  ended.catch(() => undefined)
  let text = ''
  for (const item of items) {
    const row = toRow(item)
    let line = field(row[0] ?? null)
    for (let i = 1; i < row.length; i++) line += `\t${field(row[i] ?? null)}`
    text += `${line}\n`
    if (text.length < PIECE) continue
    // The database works on this piece while the next one is written.
    if (!stream.write(text) && stream.writableLength > AHEAD) await Promise.race([once(stream, 'drain'), ended])
    text = ''
  }
  stream.end(text)
  await ended
}
