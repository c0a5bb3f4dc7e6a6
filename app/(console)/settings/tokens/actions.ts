'use server'

import { ById, CreateToken } from '@/lib/access/member-input'
import { action } from '@/lib/action'
import { createToken, revokeToken, takeOverToken } from '@/lib/store/people/tokens'

const needs = 'tokens:manage'
const refresh = ['/settings/tokens']

export const makeToken = action({ needs, recent: true, input: CreateToken, run: createToken, refresh })
export const endToken = action({ needs, input: ById, run: revokeToken, refresh })
export const takeOver = action({
  needs: ['tokens:manage', 'members:manage'],
  input: ById,
  run: takeOverToken,
  refresh,
})
