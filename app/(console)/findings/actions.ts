'use server'

import { z } from 'zod'
import { requireAccess } from '@/lib/access/access'
import { action } from '@/lib/action'
import { AccountId } from '@/lib/domain/accounts/account-id'
import {
  AddComment,
  AssignFindings,
  PreviewChange,
  SetDueAt,
  SetStatus,
  SetTeam,
  TakeFinding,
  UnmergeFinding,
} from '@/lib/domain/findings/change'
import { UndoChange } from '@/lib/domain/findings/change-set'
import { FindingId } from '@/lib/domain/findings/filter'
import type { Person } from '@/lib/domain/views'
import { rawRecord } from '@/lib/queries/findings/raw'
import { listAssignable as assignable } from '@/lib/queries/people/assignable-members'
import {
  addComment,
  assignFindings,
  setTeam as moveTo,
  previewFindings,
  setDueAt as setDue,
  setStatus as setTo,
  takeFinding,
} from '@/lib/store/findings/triage'
import { undoChange } from '@/lib/store/findings/undo-change'
import { unmergeFindings } from '@/lib/store/merges/unmerge'

const pages = ['/', '/findings', '/findings/[findingId]', '/accounts', '/accounts/[accountId]', '/[team]'] as const
const triage = { needs: 'findings:triage', refresh: pages } as const

export const assign = action({ ...triage, input: AssignFindings, run: assignFindings })
export const setStatus = action({ ...triage, input: SetStatus, run: setTo })
export const setTeam = action({ ...triage, input: SetTeam, run: moveTo })
export const setDueAt = action({ ...triage, input: SetDueAt, run: setDue })
export const comment = action({ ...triage, input: AddComment, run: addComment })
export const unmerge = action({ ...triage, input: UnmergeFinding, run: unmergeFindings })
export const take = action({ ...triage, input: TakeFinding, run: takeFinding })

export const undo = action({
  needs: 'findings:triage',
  input: UndoChange,
  run: undoChange,
  refresh: [...pages, '/settings/audit'],
})
export const previewChange = action({ needs: 'findings:triage', input: PreviewChange, run: previewFindings })

/** Who may be given findings of these accounts; of every account where none is named. */
export async function listAssignable(accounts: string[]): Promise<Person[]> {
  const access = await requireAccess('findings:read')
  return assignable(access, AccountId.array().max(1000).parse(accounts))
}

/** The record as its source sent it; null where it is no longer kept. Text, never markup. */
export async function showRaw(finding: string, sighting: string): Promise<string | null> {
  const access = await requireAccess('findings:read')
  return rawRecord(access, FindingId.parse(finding), z.guid().parse(sighting))
}
