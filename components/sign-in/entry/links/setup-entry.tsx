'use client'

import type { ComponentProps } from 'react'
import type { ActionResult } from '../../../ui/action-result'
import { AuthNotice } from '../auth-notice'
import { OpenedLink } from './opened-link'
import { SetupForm } from './setup-form'

interface SetupEntryProps extends Pick<ComponentProps<typeof SetupForm>, 'claim'> {
  open: (input: { token: string }) => Promise<ActionResult<'open' | 'wrong' | 'done'>>
}

/** The page of a set-up link while there is no member. */
export function SetupEntry({ open, claim }: SetupEntryProps) {
  return (
    <OpenedLink open={open} missing={<AuthNotice kind="setupFind" />}>
      {(token, state) => {
        if (state === 'open') return <SetupForm token={token} claim={claim} />
        return state === 'done' ? <AuthNotice kind="setupDone" signIn /> : <AuthNotice kind="setupWrong" />
      }}
    </OpenedLink>
  )
}
