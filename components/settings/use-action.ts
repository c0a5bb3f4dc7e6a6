'use client'

import { useTranslations } from 'next-intl'
import { useState, useTransition } from 'react'
import { type ActionResult, CANCELLED } from '../ui/action-result'
import { verifyFirst } from '../verify/verify-first'

/**
 * Runs a server action from a form: one at a time, its error kept beside the field it belongs to. Where the action asks for it, the reader
 * confirms first that it is them.
 */
export function useAction<Input, T>(run: (input: Input) => Promise<ActionResult<T>>, done: (data: T) => void) {
  const t = useTranslations('common')
  const [pending, start] = useTransition()
  const [error, setError] = useState<{ field: string; message: string } | null>(null)
  const fieldOf = (path: string) => path.split('.')[0] ?? ''

  function submit(input: Input) {
    start(async () => {
      setError(null)
      const result = await verifyFirst(run)(input).catch(() => null)
      if (result?.ok) done(result.data)
      else if (result?.code !== CANCELLED)
        setError({ field: fieldOf(result?.field ?? ''), message: result?.message ?? t('failedNow') })
    })
  }
  return {
    pending,
    submit,
    clear: () => setError(null),
    errorOf: (field: string) => (error?.field === field ? error.message : null),
    /** The error that belongs to none of these fields. */
    otherError: (...fields: string[]) => (error && !fields.includes(error.field) ? error.message : null),
  }
}
