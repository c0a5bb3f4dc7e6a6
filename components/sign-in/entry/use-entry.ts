'use client'

import { useTranslations } from 'next-intl'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { enter } from './enter'
import { useHydrated } from './use-hydrated'

/** A form that creates a member and then signs them in with the entered password. */
export function useEntry<Input extends { password: string }>(
  run: (input: Input) => Promise<ActionResult<{ email: string }>>,
) {
  const t = useTranslations('auth')
  const ready = useHydrated()
  const form = useAction(
    async (input: Input): Promise<ActionResult<null>> => {
      const result = await run(input)
      if (!result.ok) return result
      const problem = await enter(result.data.email, input.password, '/')
      return problem ? { ok: false, code: problem, message: t('enterFailed') } : { ok: true, data: null }
    },
    () => {},
  )
  return { ...form, ready }
}
