'use client'

import { useEffect } from 'react'
import { removeDrafts } from '../ui/forms/drafts'

/** Keeps in this tab no text that somebody else typed before this member signed in. */
export function DraftsOfMember({ me }: { me: string }) {
  useEffect(() => removeDrafts(me), [me])
  return null
}
