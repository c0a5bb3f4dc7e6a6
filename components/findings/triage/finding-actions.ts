import type { AccountId } from '@/lib/domain/accounts/account-id'
import type { ChangePreview, ChangeResult, PreviewChange, SettableStatus } from '@/lib/domain/findings/change'
import type { UndoChange, UndoResult } from '@/lib/domain/findings/change-set'
import type { FindingFilter, FindingId } from '@/lib/domain/findings/filter'
import type { TeamId } from '@/lib/domain/people/team'
import type { Verdict } from '@/lib/domain/threats/verdict'
import type { Person } from '@/lib/domain/views'
import type { ActionResult } from '../../ui/action-result'

export type Selection = { ids: FindingId[] } | { filter: FindingFilter; except: FindingId[] }

type Change<Input> = (
  input: { selection: Selection; confirmed?: number } & Input,
) => Promise<ActionResult<ChangeResult>>
export type Undo = (input: UndoChange) => Promise<ActionResult<UndoResult>>

/** The actions on findings. Pages pass their server actions in this shape. */
export interface FindingActions {
  assign: Change<{ owner: string | null }>
  setStatus: Change<{ status: SettableStatus; reason?: string }>
  setVerdict: Change<{ verdict: Verdict }>
  setTeam: Change<{ team: TeamId }>
  setDueAt: Change<{ dueAt: string | null; reason?: string }>
  take: (input: { id: FindingId }) => Promise<ActionResult<ChangeResult>>
  undo: Undo
  previewChange: (input: PreviewChange) => Promise<ActionResult<ChangePreview>>
  /** Members who may see the accounts of the selected findings; an empty list means all accounts. */
  listAssignable: (accounts: AccountId[]) => Promise<ActionResult<Person[]>>
}
