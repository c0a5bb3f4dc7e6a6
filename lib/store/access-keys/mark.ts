import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { type KeyMark, keyResource, type MarkKey } from '../../domain/access-keys/filter'
import { ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requestChecks } from '../checks/requests'
import { inWorkableTeam } from '../findings/selection'
import { refuseOverwrite } from '../overwrite'

const { sql } = Prisma

/**
 * Decides whether a pipeline uses an access key, or leaves it to the rules again. It holds for the key whatever later
 * reports say. Throws NotFoundError outside the member's accounts, ForbiddenError for a key of other teams, whose findings
 * a decision resolves, and `conflict` where somebody else decided.
 */
export async function markKey(access: Access<'findings:triage'>, { account, key, mark, seen }: MarkKey): Promise<void> {
  const scope = accountFilter(access)
  const by = access.actor.kind === 'member' ? access.actor.id : null
  await prisma().$transaction(async tx => {
    const [found] = await runIn<{ mark: KeyMark | null; own: boolean }>(
      tx,
      sql`SELECT k.mark, ${inWorkableTeam(access, sql`a.owner_team`)} OR EXISTS (SELECT FROM finding f
          WHERE f.account_id = k.account_id AND f.resource_id = ${keyResource(key)} AND ${inWorkableTeam(access, sql`f.team`)}) AS own
        FROM access_key k JOIN account a ON a.id = k.account_id WHERE k.account_id = ${account} AND k.id = ${key}
          AND (${scope === null} OR k.account_id = ANY(${scope ?? []}::text[])) FOR UPDATE OF k`,
    )
    if (!found) throw new NotFoundError()
    if (!found.own) throw new ForbiddenError('keyTeam')
    refuseOverwrite({ mark: found.mark }, { mark: seen }, { mark })
    if (found.mark === mark) return
    await executeIn(
      tx,
      sql`UPDATE access_key SET mark = ${mark}, marked_at = ${mark === null ? null : now()}, marked_by = ${mark === null ? null : by}::uuid
        WHERE account_id = ${account} AND id = ${key}`,
    )
    const detail = { from: found.mark, to: mark }
    await requestChecks(tx, [account])
    await recordAudit(tx, access, {
      action: 'access-key.mark',
      target: `access-key:${key}`,
      accountId: account,
      detail,
    })
  })
}
