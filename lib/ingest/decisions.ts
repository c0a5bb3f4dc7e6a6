import type { Access } from '../access/proof'
import { defaultDuePolicy } from '../domain/due-policy'
import { approvedExceptions } from '../store/approved-exceptions'
import { storedDuePolicy } from '../store/due-policy'
import { routingOwners, storedRouting } from '../store/routing'
import type { RunContext } from './context'

/** What people decided that a run goes by. */
type Decisions = Pick<RunContext, 'duePolicy' | 'routing' | 'owners' | 'exceptions'>

/** Before anything is read. */
export const undecided: Decisions = { duePolicy: defaultDuePolicy, routing: [], owners: new Map(), exceptions: [] }

/** As it stands now. What is decided while the run goes on is brought in line after it. */
export async function decisionsNow(access: Access<'imports:write'>): Promise<Decisions> {
  return {
    duePolicy: (await storedDuePolicy()).policy,
    routing: (await storedRouting()).policy,
    owners: await routingOwners(),
    exceptions: await approvedExceptions(access),
  }
}
