'use client'

import type { ComponentProps } from 'react'
import type { ActionResult } from '../../../ui/action-result'
import { AuthNotice } from '../auth-notice'
import { InviteForm } from './invite-form'
import { OpenedLink } from './opened-link'

type FormProps = ComponentProps<typeof InviteForm>

interface InviteEntryProps extends Pick<FormProps, 'passwords' | 'providers' | 'accept'> {
  /** The invitation of the link; null if it was used. */
  open: (input: { token: string }) => Promise<ActionResult<FormProps['invite'] | null>>
}

/** The page of an invitation, or of a link for a new password. */
export function InviteEntry({ open, passwords, providers, accept }: InviteEntryProps) {
  return (
    <OpenedLink open={open} missing={<AuthNotice kind="linkMissing" signIn />}>
      {(token, invite) =>
        invite ? (
          <InviteForm
            token={token}
            invite={invite}
            passwords={passwords}
            providers={invite.name === null ? providers : []}
            accept={accept}
          />
        ) : (
          <AuthNotice kind="inviteSpent" signIn />
        )
      }
    </OpenedLink>
  )
}
