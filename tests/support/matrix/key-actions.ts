import { prisma } from '../../../lib/db'
import { addKey } from '../access-keys'
import { type ActionTable, OTHER_TEAM, WORK_A, WORK_B } from './action-row'
import { A, B } from './targets'

/** A new key in an account of a team. */
async function keyOf(account: string, ownerTeam: string): Promise<string> {
  await prisma().account.update({ where: { id: account }, data: { ownerTeam } })
  return addKey(account)
}

/** Actions of the pages of access keys. */
export const keyActions: ActionTable = {
  'access-keys/mark': {
    cases: {
      'a key of A': {
        may: WORK_A,
        args: async () => [{ account: A, key: await keyOf(A, 'sre'), mark: 'pipeline', seen: null }],
      },
      'a key of another team': {
        may: OTHER_TEAM,
        args: async () => [{ account: A, key: await keyOf(A, 'cit'), mark: 'pipeline', seen: null }],
      },
      'a key of B': {
        may: WORK_B,
        args: async () => [{ account: B, key: await keyOf(B, 'sre'), mark: 'other', seen: null }],
      },
    },
  },
}
