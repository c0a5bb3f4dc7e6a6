import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { ConnectionById } from '../../domain/collection/connection'
import { initialWriteBack } from '../../domain/collection/write-back/settings'
import {
  mostWaiting,
  type UnprocessedView,
  type WriteBackView,
  type WritePlaceView,
} from '../../domain/collection/write-back/views'
import { Prisma } from '../../generated/prisma/client'
import { accountsOfConnection } from '../../sql/connected-accounts'
import { read } from '../../sql/read'
import { findingsToWrite, hasReadHub } from '../../sql/write-back'

const { sql } = Prisma

const MOST_UNPROCESSED = 20

/** Whether a connection writes to Security Hub, where, and what failed; switched off for one without the setting. */
export async function getWriteBack(access: Access<'accounts:manage'>, { id }: ConnectionById): Promise<WriteBackView> {
  requireAllAccounts(access)
  const accounts = accountsOfConnection(id)
  const [[setting], places, unprocessed, [queue]] = await Promise.all([
    read<Pick<WriteBackView, 'enabled' | 'roleName' | 'language'>>(
      sql`SELECT enabled, role_name AS "roleName", language FROM write_back WHERE connection_id = ${id}::uuid`,
    ),
    read<WritePlaceView>(
      sql`SELECT account_id AS "accountId", region, written::float8 AS written, written_at AS "writtenAt", failed_at AS "failedAt", failure,
          retry_at AS "retryAt" FROM write_back_place WHERE connection_id = ${id}::uuid
        ORDER BY failed_at IS NULL, account_id, region`,
    ),
    read<UnprocessedView>(
      sql`SELECT w.account_id || '-' || replace(w.finding_id::text, '-', '') AS id, w.account_id AS "accountId", f.title, w.wanted AS workflow,
          w.error_code AS code, w.error_message AS message, w.failed_at AS "failedAt"
        FROM written_record w JOIN finding f ON f.account_id = w.account_id AND f.id = w.finding_id
        WHERE w.failed_at IS NOT NULL AND w.account_id IN (${accounts}) ORDER BY w.failed_at DESC, w.account_id, w.id LIMIT ${MOST_UNPROCESSED}`,
    ),
    read<{ count: number }>(
      sql`SELECT count(*)::int AS count FROM (SELECT FROM write_back_queue WHERE account_id IN (${accounts}) LIMIT ${mostWaiting + 1}) AS q`,
    ),
  ])
  const [ready] = await read<{ isReady: boolean }>(sql`SELECT ${hasReadHub(id)} AS "isReady"`)
  const isReady = ready?.isReady ?? false
  return {
    isReady,
    toWrite: isReady && !setting?.enabled ? await countToWrite(id) : 0,
    ...initialWriteBack,
    ...setting,
    waiting: queue?.count ?? 0,
    places,
    unprocessed,
  }
}

async function countToWrite(id: string): Promise<number> {
  const [found] = await read<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM (${findingsToWrite(id)} LIMIT ${mostWaiting + 1}) AS d`,
  )
  return found?.count ?? 0
}
