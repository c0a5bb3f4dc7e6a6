import 'server-only'
import { createHash, randomBytes } from 'node:crypto'
import { prisma } from '../../db'
import { noteUse } from '../session/note-use'

/** The header of the key: EventBridge adds it where its connection has the authorization type "API key". */
export const EVENT_KEY_HEADER = 'x-hinomi-key'

const KEY = /^hek_[A-Za-z0-9_-]{43}$/
const MINUTE_MS = 60_000

/** A new key of a connection and the fields to store for it. The key itself is shown once and never stored. */
export function newEventKey(): { key: string; prefix: string; keyHash: string } {
  const key = `hek_${randomBytes(32).toString('base64url')}`
  return { key, prefix: key.slice(0, 10), keyHash: hashOf(key) }
}

/** A plain hash is enough: a key is 256 random bits and cannot be guessed. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** The connection that a key belongs to; null for one that is unknown or was revoked. */
export async function connectionOfKey(key: string): Promise<string | null> {
  if (!KEY.test(key)) return null
  const row = await prisma().eventKey.findUnique({ where: { keyHash: hashOf(key) } })
  if (!row) return null
  const at = new Date()
  if (!row.lastUsedAt || at.getTime() - row.lastUsedAt.getTime() > MINUTE_MS)
    await noteUse(() => prisma().eventKey.updateMany({ where: { id: row.id }, data: { lastUsedAt: at } }))
  return row.connectionId
}
