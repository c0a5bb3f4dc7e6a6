import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { ANNOUNCED_DAYS } from '../../domain/exceptions/exception'
import { Prisma } from '../../generated/prisma/client'
import { dateText, insertEvents } from '../../sql/findings/events'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

/** Announces exceptions that end soon, once each, in the history of the findings they cover. Returns their number. */
export async function announceExceptions(access: JobAccess): Promise<number> {
  const { actor } = access
  const until = new Date(now().getTime() + ANNOUNCED_DAYS * 86_400_000)
  return prisma().$transaction(async tx => {
    const rows = await runIn<{ id: number }>(
      tx,
      sql`UPDATE exception SET announced_at = ${now()}::timestamptz
      WHERE state = 'approved' AND NOT pending AND announced_at IS NULL AND expires_at <= ${until}::timestamptz RETURNING id`,
    )
    const event = {
      accountId: sql`f.account_id`,
      findingId: sql`f.id`,
      kind: 'expiring' as const,
      after: dateText(sql`x.expires_at`),
      text: sql`x.id`,
    }
    const covered = sql`exception x JOIN finding f ON f.exception_id = x.id WHERE x.id = ANY(${rows.map(row => row.id)}::int[])`
    await executeIn(tx, insertEvents({ actor, at: now() }, event, covered))
    return rows.length
  })
}
