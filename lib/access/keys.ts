import 'server-only'
import { createHash } from 'node:crypto'
import { env } from '../env'

/** A secret of the settings. Its id is derived from it: eight hex digits that tell nothing about it. */
export interface Key {
  id: string
  secret: string
}

/** HINOMI_SECRET, which signs and seals, and then every HINOMI_OLD_SECRET, which only check and open what they made before. */
export function keys(): readonly Key[] {
  const { HINOMI_SECRET, HINOMI_OLD_SECRETS } = env()
  return [HINOMI_SECRET, ...HINOMI_OLD_SECRETS].map(secret => ({ id: keyId(secret), secret }))
}

export function newestKey(): Key {
  const secret = env().HINOMI_SECRET
  return { id: keyId(secret), secret }
}

export function keyOf(id: string): Key | undefined {
  return keys().find(key => key.id === id)
}

function keyId(secret: string): string {
  return createHash('sha256').update(`hinomi key id\0${secret}`).digest('hex').slice(0, 8)
}
