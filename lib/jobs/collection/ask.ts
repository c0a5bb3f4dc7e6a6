import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { ConnectionById } from '../../domain/collection/connection'
import { getConnection } from '../../queries/collection/connections'
import { startRound } from '../../store/collection/rounds'
import { organizationTasks } from './plan'

/** Begins a full round of a connection. Throws NotFoundError, and `conflict` as startRound does. */
export async function startFullRound(
  access: Access<'accounts:manage'>,
  { id }: ConnectionById,
): Promise<{ round: number | null }> {
  requireAllAccounts(access)
  const tasks = organizationTasks(await getConnection(access, { id }))
  return { round: await startRound(access, { connectionId: id, kind: 'full', slot: null, tasks }) }
}
