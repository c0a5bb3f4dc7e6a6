'use client'

import { useCallback, useEffect, useState } from 'react'

/** Prefix of drafts in the storage of the tab. The member and the form follow. */
const PREFIX = 'hinomi-draft:'

/** The storage of this tab; null if the browser refuses it. */
function storage(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}

/** Removes drafts: all of them at sign-out, or those of everybody except `keeper`. */
export function removeDrafts(keeper?: string): void {
  const kept = storage()
  if (!kept) return
  for (const key of Object.keys(kept)) {
    if (key.startsWith(PREFIX) && !(keeper && key.startsWith(`${PREFIX}${keeper}:`))) kept.removeItem(key)
  }
}

/**
 * Text of a form that survives leaving the page and reloading it, in this tab only, under the member's id and the
 * form's `name`. `start` is the empty form.
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
        // The storage is full: the text stays on the page only.
      }
    },
    [key, start],
  )
  return { fields, set, clear: useCallback(() => set(start), [set, start]) }
}

/** `start` with the stored fields; fields of another shape, from an older version, are left out. */
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
