'use client'

import { useEffect } from 'react'
import { removeDrafts } from '../ui/forms/drafts'

/** Removes drafts of other members from this tab after a sign-in. */
export function DraftsOfMember({ me }: { me: string }) {
  useEffect(() => removeDrafts(me), [me])
  return null
}
