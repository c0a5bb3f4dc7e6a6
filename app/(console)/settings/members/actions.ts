'use server'

import { ById, InviteMember, UpdateMember } from '@/lib/access/member-input'
import { action } from '@/lib/action'
import { unbindIdentity } from '@/lib/store/people/identities'
import { createInvite, createResetLink, revokeInvite } from '@/lib/store/people/invites'
import { removeMember, updateMember } from '@/lib/store/people/members'
import { unlockMember } from '@/lib/store/people/unlock'
import { resetFactors } from '@/lib/store/sign-in/reset-factors'
import { endMemberSessions } from '@/lib/store/sign-in/sessions'

const needs = 'members:manage'
const recent = true
const refresh = ['/settings/members']
const refreshOwners = [...refresh, '/findings', '/accounts', '/teams/[team]']

export const inviteMember = action({ needs, recent, input: InviteMember, run: createInvite, refresh })
export const resetMember = action({ needs, recent, input: ById, run: createResetLink, refresh })
export const resetMemberFactors = action({ needs, recent, input: ById, run: resetFactors, refresh })
export const unlock = action({ needs, input: ById, run: unlockMember, refresh })
export const cancelInvite = action({ needs, input: ById, run: revokeInvite, refresh })
export const changeMember = action({ needs, recent, input: UpdateMember, run: updateMember, refresh: refreshOwners })
export const dropMember = action({ needs, recent, input: ById, run: removeMember, refresh: refreshOwners })
export const unbindMember = action({ needs, recent, input: ById, run: unbindIdentity, refresh })
export const endSessions = action({ needs, recent, input: ById, run: endMemberSessions, refresh })
