import { addKey } from '../access-keys'
import { type ActionTable, WORK_A, WORK_B } from './action-row'
import { A, B } from './targets'

/** Actions of the pages of access keys. */
export const keyActions: ActionTable = {
  'access-keys/mark': {
    cases: {
      'a key of A': { may: WORK_A, args: async () => [{ account: A, key: await addKey(A), mark: 'pipeline' }] },
      'a key of B': { may: WORK_B, args: async () => [{ account: B, key: await addKey(B), mark: 'other' }] },
    },
  },
}
