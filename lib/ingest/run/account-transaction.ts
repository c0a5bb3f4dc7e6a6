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

/** Thrown where somebody changed a policy that the run goes by: nothing was written yet. */
class PolicyChanged extends Error {
  override readonly name = 'PolicyChanged'
}

/**
 * Runs `work` in one transaction that holds accounts, which the import has to hold itself, and by the policies, teams, owners and
 * accounts as they are then. Who changes one of
 * them has every account brought in line afterwards, under the same lock: what is written here before is seen there, and what is
 * written after goes by the new one.
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

/** A transaction of a run, at whose end the disk is waited for. Throws where what the run has written may be lost. */
export async function runTransaction<T>(run: RunContext, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transaction(async client => {
    await requireHold(run.access, client, run)
    return work(client)
  })
}
