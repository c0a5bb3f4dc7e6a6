'use client'

import { useTranslations } from 'next-intl'
import { useState, useTransition } from 'react'
import { type ActionResult, CANCELLED } from '../ui/action-result'
import { verifyFirst } from '../verify/verify-first'

const NONE: ReadonlyMap<string, string> = new Map()

/** Errors by field; under "" those of no field. */
function toErrors(result: Exclude<ActionResult<unknown>, { ok: true }> | null, failed: string) {
  const errors = new Map<string, string>()
  for (const [path, message] of Object.entries(
    result?.fields ?? { [result?.field ?? '']: result?.message ?? failed },
  )) {
    const [field = ''] = path.split('.')
    if (!errors.has(field)) errors.set(field, message)
  }
  return errors
}

/**
 * Runs a server action from a form, one at a time, and assigns its errors to fields. If the action requires it, the
 * reader first confirms their identity.
 */
export function useAction<Input, T>(run: (input: Input) => Promise<ActionResult<T>>, done: (data: T) => void) {
  const t = useTranslations('common')
  const [pending, start] = useTransition()
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(NONE)

  function submit(input: Input) {
    start(async () => {
      setErrors(NONE)
      const result = await verifyFirst(run)(input).catch(() => null)
      if (result?.ok) done(result.data)
      else if (result?.code !== CANCELLED) setErrors(toErrors(result, t('failedNow')))
    })
  }
  return {
    pending,
    submit,
    clear: () => setErrors(NONE),
    errorOf: (field: string) => errors.get(field) ?? null,
    /** The first error that belongs to none of these fields. */
    otherError: (...fields: string[]) => [...errors].find(([field]) => !fields.includes(field))?.[1] ?? null,
  }
}
