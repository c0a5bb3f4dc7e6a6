'use client'

import { useState } from 'react'
import type { ActionResult } from '../ui/action-result'
import { useAction } from './use-action'

/**
 * A preview that a form shows before it saves. It appears when its action has ended: a button that already offered to
 * save before would ignore the press.
 */
export function usePreview<Input, T>(run: (input: Input) => Promise<ActionResult<T>>) {
  const [shown, setShown] = useState<T | null>(null)
  const look = useAction(run, (preview: T) => setShown(() => preview))
  return { ...look, shown: look.pending ? null : shown, hide: () => setShown(null) }
}
