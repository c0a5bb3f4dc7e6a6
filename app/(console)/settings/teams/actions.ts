'use server'

import { action } from '@/lib/action'
import { CreateTeam, NamedTeam, RenameTeam, RetireTeam } from '@/lib/domain/people/team'
import { retireTeam } from '@/lib/store/teams/retire'
import { createTeam, makeDefaultTeam, renameTeam, restoreTeam } from '@/lib/store/teams/teams'

const refresh = ['/settings/teams'] as const

export const add = action({ needs: 'accounts:manage', input: CreateTeam, run: createTeam, refresh })
export const rename = action({ needs: 'accounts:manage', input: RenameTeam, run: renameTeam, refresh })
export const makeDefault = action({ needs: 'accounts:manage', input: NamedTeam, run: makeDefaultTeam, refresh })
export const retire = action({ needs: 'accounts:manage', input: RetireTeam, run: retireTeam, refresh })
export const restore = action({ needs: 'accounts:manage', input: NamedTeam, run: restoreTeam, refresh })
