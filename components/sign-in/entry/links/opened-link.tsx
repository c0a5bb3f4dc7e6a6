'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useState } from 'react'
import { FormError } from '../../../settings/form-error'
import type { ActionResult } from '../../../ui/action-result'
import { AuthNotice } from '../auth-notice'
import { useLinkToken } from './use-link-token'

interface OpenedLinkProps<Found> {
  /** What to show where the address has no token. */
  missing: ReactNode
  /** Asks the server about the token. It is sent in the body, which no log contains. */
  open: (input: { token: string }) => Promise<ActionResult<Found>>
  children: (token: string, found: Found) => ReactNode
}

/** The page of a link with a one-time token. */
export function OpenedLink<Found>({ missing, open, children }: OpenedLinkProps<Found>) {
  const t = useTranslations()
  const token = useLinkToken()
  const [result, setResult] = useState<ActionResult<Found> | null>(null)
  useEffect(() => {
    if (!token) return
    let current = true
    open({ token })
      .catch(() => ({ ok: false, code: 'unexpected', message: t('common.failedNow') }) as const)
      .then(answer => current && setResult(answer))
    return () => {
      current = false
    }
  }, [token, open, t])

  if (token === null) return missing
  if (token && result?.ok) return children(token, result.data)
  if (result && !result.ok) return <FormError message={result.message} />
  return (
    <>
      <p className="text-muted" aria-live="polite">
        {t('auth.link.opening')}
      </p>
      <noscript>
        <AuthNotice kind="scriptNeeded" />
      </noscript>
    </>
  )
}
