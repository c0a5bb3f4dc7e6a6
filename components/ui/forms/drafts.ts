'use client'

import { useCallback, useEffect, useState } from 'react'

/** Keys of drafts in the storage of the tab. What follows is the member, then the form. */
const PREFIX = 'hinomi-draft:'

/** The storage of this tab; null where the browser refuses it. */
function storage(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}

/** Removes drafts: all of them at sign-out, or those of everybody but `keeper`. */
export function removeDrafts(keeper?: string): void {
  const kept = storage()
  if (!kept) return
  for (const key of Object.keys(kept)) {
    if (key.startsWith(PREFIX) && !(keeper && key.startsWith(`${PREFIX}${keeper}:`))) kept.removeItem(key)
  }
}

/**
 * Text of a form that survives leaving the page and reloading it, in this tab only, under the member's id and the form's `name`.
 * `start` is what counts as nothing typed.
 */
export function useDraft<Fields extends Record<string, string>>(member: string, name: string, start: Fields) {
  const key = `${PREFIX}${member}:${name}`
  const [fields, setFields] = useState(start)
  // Read after the first render: the server knows no drafts.
  useEffect(() => setFields(before => read(key, before)), [key])
  const set = useCallback(
    (next: Fields) => {
      setFields(next)
      const isStart = Object.entries(start).every(([field, value]) => next[field] === value)
      try {
        if (isStart) storage()?.removeItem(key)
        else storage()?.setItem(key, JSON.stringify(next))
      } catch {
        // The storage is full: what was typed stays on the page as before.
      }
    },
    [key, start],
  )
  return { fields, set, clear: useCallback(() => set(start), [set, start]) }
}

/** The stored fields over `start`; what has another shape, of an older version, is left out. */
function read<Fields extends Record<string, string>>(key: string, start: Fields): Fields {
  try {
    const stored: unknown = JSON.parse(storage()?.getItem(key) ?? 'null')
    if (typeof stored !== 'object' || stored === null) return start
    const known = Object.entries(stored).filter(([field, value]) => field in start && typeof value === 'string')
    return { ...start, ...Object.fromEntries(known) }
  } catch {
    return start
  }
}
