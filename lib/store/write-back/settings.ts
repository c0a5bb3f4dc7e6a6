import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { pool, transaction } from '../../db'
import { initialWriteBack, type NoteLanguage, type SetWriteBack } from '../../domain/collection/write-back/settings'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { hasReadHub } from '../../sql/write-back'
import { recordAudit } from '../audit/audit'
import { lockConnection } from '../collection/lock'
import { refuseOverwrite } from '../overwrite'
import { dropUnwanted, enqueueAll } from './queue'

const { sql } = Prisma

/** A worker that says nothing for so long has ended. */
const ALIVE = '3 minutes'

/**
 * Switches writing back on or off. On: everything that people have decided is compared with what was written, and what
 * failed is tried at once. Off: what waits is forgotten. Throws NotFoundError, and `conflict` where somebody else changed
 * it, or where it is to be switched on before a round has read Security Hub.
 */
export async function setWriteBack(
  access: Access<'connections:manage'>,
  { id, enabled, roleName, language, seen }: SetWriteBack,
): Promise<void> {
  requireAllAccounts(access)
  await transaction(async client => {
    await lockConnection(client, id)
    refuseOverwrite(await settingOf(client, id), seen, { enabled, roleName, language })
    if (enabled && !(await mayEnable(client, id))) throw new AppError('conflict', { reason: 'writeBackUnread' })
    await executeIn(
      client,
      sql`INSERT INTO write_back AS w (connection_id, enabled, role_name, language)
        VALUES (${id}::uuid, ${enabled}, ${roleName}, ${language})
        ON CONFLICT (connection_id) DO UPDATE SET enabled = excluded.enabled, role_name = excluded.role_name, language = excluded.language`,
    )
    await executeIn(
      client,
      sql`UPDATE write_back_place SET failed_at = NULL, failure = NULL, retry_at = NULL WHERE connection_id = ${id}::uuid`,
    )
    if (enabled) await enqueueAll(client, id)
    else await dropUnwanted(client)
    const detail = { enabled, roleName, language }
    await recordAudit(client, access, { action: 'connection.write-back', target: `connection:${id}`, detail })
  })
}

type Setting = Pick<SetWriteBack, 'enabled' | 'roleName' | 'language'>

async function settingOf(tx: Tx, id: string): Promise<Setting> {
  const [setting] = await runIn<Setting>(
    tx,
    sql`SELECT enabled, role_name AS "roleName", language FROM write_back WHERE connection_id = ${id}::uuid`,
  )
  return setting ?? initialWriteBack
}

/** What nobody has read is not written to; one that is on already stays so. */
async function mayEnable(tx: Tx, id: string): Promise<boolean> {
  const [found] = await runIn<{ may: boolean }>(
    tx,
    sql`SELECT ${hasReadHub(id)} OR EXISTS (SELECT FROM write_back WHERE connection_id = ${id}::uuid AND enabled) AS may`,
  )
  return found?.may ?? false
}

/** A connection that writes back, as the worker uses it. */
export interface WritingConnection {
  id: string
  accountId: string
  partition: string
  readRole: string
  writeRole: string
  language: NoteLanguage
}

/** Takes the connections that no other worker writes for. The same worker keeps them until it is silent for a while. */
export async function claimWriteBack(_job: JobAccess, holder: string): Promise<WritingConnection[]> {
  return runIn<WritingConnection>(
    pool(),
    sql`UPDATE write_back w SET holder = ${holder}::uuid, alive_at = clock_timestamp() FROM connection c
      WHERE c.id = w.connection_id AND w.enabled AND c.paused_at IS NULL
        AND (w.holder IS NULL OR w.holder = ${holder}::uuid OR w.alive_at < clock_timestamp() - ${ALIVE}::interval)
      RETURNING c.id::text AS id, c.account_id AS "accountId", c.aws_partition AS partition, c.role_name AS "readRole",
        w.role_name AS "writeRole", w.language`,
  )
}

/** Whether this worker still writes for the connection: it is switched on, not paused, and nobody else took it. */
export async function keepWriteBack(_job: JobAccess, holder: string, id: string): Promise<boolean> {
  const kept = await executeIn(
    pool(),
    sql`UPDATE write_back w SET alive_at = clock_timestamp() FROM connection c
      WHERE w.connection_id = ${id}::uuid AND c.id = w.connection_id AND w.enabled AND c.paused_at IS NULL
        AND w.holder = ${holder}::uuid`,
  )
  return kept > 0
}

/** Lets other workers take what this one writes for. */
export async function leaveWriteBack(_job: JobAccess, holder: string): Promise<void> {
  await executeIn(pool(), sql`UPDATE write_back SET holder = NULL WHERE holder = ${holder}::uuid`)
}
