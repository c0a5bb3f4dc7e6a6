import type { JobAccess } from '../../lib/access/proof'
import { type Key, keyId, keys, newestKey } from '../../lib/access/seal/keys'
import { SESSION_SECONDS } from '../../lib/access/session/session'
import { keysTranslator, type Locale } from '../../lib/locale'
import { countSealedValues } from '../../lib/queries/sealed-values'
import { recordRemoval, recordRotation, resealStoredValues } from '../../lib/store/keys'
import { pruneSecrets, rotateSecret } from '../launch/secrets.mjs'
import { GENERATED_OLD_SECRET } from '../launch/settings.mjs'

/**
 * Prints each key and the number of stored values that it encrypts. Returns 1 if a stored value needs a key that no
 * setting has, else 0.
 */
export async function listKeys(access: JobAccess, locale: Locale): Promise<number> {
  const t = await keysTranslator(locale)
  const { byKey, malformed } = await countSealedValues(access)
  const known = keys()
  const lines = known.map(({ id, setting }, index) =>
    t('row', { id, state: index === 0 ? 'newest' : 'former', place: placeOf(setting), count: byKey.get(id) ?? 0 }),
  )
  const missing = missingKeys(byKey)
  for (const [id, count] of missing) lines.push(t('missing', { id, count }))
  if (malformed > 0) lines.push(t('malformed', { count: malformed }))
  const unused = known.slice(1).filter(({ id }) => !byKey.has(id))
  if (unused.length > 0) lines.push(t('unused', { keys: unused.map(({ id }) => id).join(', ') }))
  print(lines)
  return missing.length > 0 || malformed > 0 ? 1 : 0
}

/** Keys of stored values that no setting has, with the number of these values. */
export function missingKeys(byKey: ReadonlyMap<string, number>): [id: string, count: number][] {
  return [...byKey].filter(([id]) => !keys().some(key => key.id === id))
}

/** Encrypts all stored values with the newest key. Returns 1 if one could not be decrypted, else 0. */
export async function resealKeys(access: JobAccess, locale: Locale): Promise<number> {
  const t = await keysTranslator(locale)
  const { resealed, unopened } = await resealStoredValues(access)
  print([t('resealed', { count: resealed, id: newestKey().id }), ...unopened.map(row => t('unopened', { row }))])
  return unopened.length > 0 ? 1 : 0
}

/** Replaces the generated secret. If HINOMI_SECRET is set, it changes nothing, prints the steps and returns 1. */
export async function rotateKeys(access: JobAccess, locale: Locale): Promise<number> {
  const t = await keysTranslator(locale)
  const dataDir = generatedIn()
  if (dataDir === null) return refuse(t('notGenerated'))
  let ids = { former: '', next: '' }
  await rotateSecret(dataDir, async (former, next) => {
    ids = { former: keyId(former), next: keyId(next) }
    await recordRotation(access, ids.former, ids.next)
  })
  print([t('rotated', ids)])
  return 0
}

/**
 * Removes generated secrets that were replaced more than 12 hours ago and encrypt nothing. Returns 1 if HINOMI_SECRET
 * is set.
 */
export async function pruneKeys(access: JobAccess, locale: Locale): Promise<number> {
  const t = await keysTranslator(locale)
  const dataDir = generatedIn()
  if (dataDir === null) return refuse(t('notGeneratedPrune'))
  let removed: string[] = []
  await pruneSecrets(dataDir, new Date(Date.now() - SESSION_SECONDS * 1000), async secrets => {
    const { byKey } = await countSealedValues(access)
    const unused = secrets.filter(secret => !byKey.has(keyId(secret)))
    removed = unused.map(keyId)
    await recordRemoval(access, removed)
    return unused
  })
  print([removed.length > 0 ? t('pruned', { keys: removed.join(', ') }) : t('nothingToPrune')])
  return 0
}

/** The data folder with the secret; null if HINOMI_SECRET is set. */
function generatedIn(): string | null {
  const { HINOMI_SECRET_GENERATED, HINOMI_DATA_DIR } = process.env
  return HINOMI_SECRET_GENERATED === '1' && HINOMI_DATA_DIR ? HINOMI_DATA_DIR : null
}

/** The place of a secret, for an administrator. */
function placeOf(setting: Key['setting']): string {
  const generated = setting.startsWith(GENERATED_OLD_SECRET) || (setting === 'HINOMI_SECRET' && generatedIn() !== null)
  return generated ? 'secrets.json' : setting
}

function refuse(sentence: string | null): number {
  process.stderr.write(`${sentence}\n`)
  return 1
}

function print(lines: readonly (string | null)[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
