import { pool } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { ours } from '../support/organisation'
import { addFinding } from '../support/people'

/** Adds findings to an account; returns their ids. */
export async function someFindings(count: number, data: Parameters<typeof addFinding>[1] = {}, account = ours) {
  await pool().query('INSERT INTO account (id) VALUES ($1) ON CONFLICT DO NOTHING', [account])
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push(toFindingId(account, (await addFinding(account, data)).id))
  return ids
}

/** The change that an action made. */
export async function made(change: Promise<{ changeset: string | null }>): Promise<string> {
  const { changeset } = await change
  if (!changeset) throw new Error('nothing was changed')
  return changeset
}
