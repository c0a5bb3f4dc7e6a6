import type { PoolClient } from 'pg'
import { transaction } from '../../db'
import { lockAccounts } from '../../store/accounts/lock'
import { requireHold } from '../../store/imports/hold'
import { knownAccounts } from '../../store/imports/receive'
import { policyVersions } from '../../store/policies/account-policy'
import { holdOwners } from '../../store/policies/routing-owners'
import { holdTeams } from '../../store/teams/rows'
import { type RunContext, toKnown } from './context'
import { currentPolicies } from './decisions'

/** Thrown where somebody changed a policy since the run read it. Nothing was written yet. */
class PolicyChanged extends Error {
  override readonly name = 'PolicyChanged'
}

/**
 * Runs `work` in one transaction that locks accounts of the import's lane, with the current policies, teams, owners and accounts. Each
 * change of these is later applied to every account under the same lock: it includes what was written here before, and what is written
 * after uses the new values.
 */
export async function accountTransaction<T>(
  run: RunContext,
  ids: readonly string[],
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await transaction(
        async client => {
          await requireHold(run.access, client, run, ids)
          run.teams = await holdTeams(client)
          run.owners = await holdOwners(client, run.routing)
          await lockAccounts(client, ids)
          if ((await policyVersions(client)) !== run.versions) throw new PolicyChanged()
          for (const row of await knownAccounts(run.access, client, ids)) run.accounts.set(row.id, toKnown(row))
          return work(client)
        },
        { step: true },
      )
    } catch (problem) {
      if (!(problem instanceof PolicyChanged)) throw problem
      Object.assign(run, await currentPolicies())
    }
  }
}

/** A transaction of a run that is flushed to disk at its end. Throws where earlier steps of the run may be lost. */
export async function runTransaction<T>(run: RunContext, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transaction(async client => {
    await requireHold(run.access, client, run)
    return work(client)
  })
}
