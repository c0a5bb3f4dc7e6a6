'use server'

import { z } from 'zod'
import { action } from '@/lib/action'
import { AccountId } from '@/lib/domain/accounts/account-id'
import { CheckAgain } from '@/lib/domain/collection/findings/recheck'
import {
  AddComment,
  AssignFindings,
  PreviewChange,
  SetDueAt,
  SetStatus,
  SetTeam,
  SetVerdict,
  TakeFinding,
  UnmergeFinding,
} from '@/lib/domain/findings/change'
import { UndoChange } from '@/lib/domain/findings/change-set'
import { FindingId } from '@/lib/domain/findings/filter'
import { rawRecord } from '@/lib/queries/findings/raw'
import { listAssignable as assignable } from '@/lib/queries/people/assignable-members'
import { recordReading } from '@/lib/store/audit/exports'
import { checkAgain } from '@/lib/store/collection/recheck'
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
import { setVerdict as closeByVerdict } from '@/lib/store/findings/verdict'
import { unmergeFindings } from '@/lib/store/merges/unmerge'

const pages = [
  '/',
  '/findings',
  '/findings/[findingId]',
  '/accounts',
  '/accounts/[accountId]',
  '/accounts/[accountId]/resource',
  '/teams/[team]',
] as const
const triage = { needs: 'findings:triage', refresh: pages } as const

export const assign = action({ ...triage, input: AssignFindings, run: assignFindings })
export const setStatus = action({ ...triage, input: SetStatus, run: setTo })
export const setVerdict = action({ ...triage, input: SetVerdict, run: closeByVerdict })
export const setTeam = action({ ...triage, input: SetTeam, run: moveTo })
export const setDueAt = action({ ...triage, input: SetDueAt, run: setDue })
export const comment = action({ ...triage, input: AddComment, run: addComment })
export const unmerge = action({ ...triage, input: UnmergeFinding, run: unmergeFindings })
export const take = action({ ...triage, input: TakeFinding, run: takeFinding })

/** Reads the sources of a finding again. */
export const recheck = action({
  needs: 'findings:triage',
  input: CheckAgain,
  run: checkAgain,
  refresh: ['/findings/[findingId]', '/coverage'],
})
export const undo = action({
  needs: 'findings:triage',
  input: UndoChange,
  run: undoChange,
  refresh: [...pages, '/settings/audit'],
})
export const previewChange = action({ needs: 'findings:triage', input: PreviewChange, run: previewFindings })

/** Members who may own findings of all of these accounts; of every account if the list is empty. */
export const listAssignable = action({
  needs: 'findings:read',
  input: AccountId.array().max(1000),
  run: assignable,
})

/** The record as its source sent it; null if it is no longer stored. Text, never markup. */
export const showRaw = action({
  needs: 'findings:read',
  input: z.strictObject({ finding: FindingId, sighting: z.guid() }),
  run: async (access, { finding, sighting }) => {
    const record = await rawRecord(access, finding, sighting)
    if (record !== null) await recordReading(access, finding, sighting)
    return record
  },
})
