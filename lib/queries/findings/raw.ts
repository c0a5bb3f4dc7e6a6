import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../access/proof'
import { isRecordByKey } from '../../domain/feeds/feed-definitions'
import { type FindingId, splitFindingId } from '../../domain/findings/filter'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { inScope } from '../../sql/findings/where'
import { StoredPayloads } from '../../sql/imports/stored-payloads'
import { read } from '../../sql/read'

const { sql } = Prisma

const HttpRequest = z.looseObject({ body: z.unknown() })

/** The most bytes of one record that are shown. */
const shownBytes = 1024 * 1024

/**
 * The record of a sighting as its source sent it, cut to 1 MB; null where the payload is no longer stored, or where it may contain
 * records of accounts that the reader may not see. Throws NotFoundError where the sighting does not belong to this finding.
 */
export async function rawRecord(
  access: Access<'findings:read'>,
  id: FindingId,
  sightingId: string,
): Promise<string | null> {
  const { accountId, uuid } = splitFindingId(id)
  const [place] = await read<{ import_id: number; at: string; length: number }>(sql`
    SELECT f.import_id, f.raw_offset::text AS at, f.raw_length AS length FROM sighting f
    WHERE f.account_id = ${accountId} AND f.finding_id = ${uuid}::uuid AND f.id = ${sightingId}::uuid AND ${inScope(access)}`)
  if (!place) throw new NotFoundError()
  const from = Number(place.at)
  const bytes = await new StoredPayloads().bytes(place.import_id, from, Math.min(place.length, shownBytes))
  const text = bytes?.toString('utf8') ?? null
  return text !== null && accountFilter(access) !== null && mayContainOthers(text) ? null : text
}

/** Whether these bytes may be an HTTP request with records in its `body`, which may be of several accounts. */
function mayContainOthers(text: string): boolean {
  // A key may contain escapes.
  if (!/body|\\u/i.test(text)) return false
  try {
    const request = HttpRequest.parse(JSON.parse(text))
    return typeof request.body === 'string' && !isRecordByKey(request)
  } catch {
    // Cut short: unknown.
    return true
  }
}
