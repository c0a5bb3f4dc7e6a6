'use client'

import { signIn } from 'next-auth/react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '../../ui/button'
import { useHydrated } from './use-hydrated'

export interface Provider {
  id: string
  name: string
}

interface ProviderButtonsProps {
  providers: readonly Provider[]
  target: string
  /** Whether there is no form above. */
  alone?: boolean
  /** Whether the provider must authenticate the person again. */
  again?: boolean
}

// With max_age the provider has to return the time of authentication:
// https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
const ASK_AGAIN = { prompt: 'login', max_age: '0' }

/** A line between two ways to sign in. */
export function Or() {
  const t = useTranslations('auth')
  return (
    <p className="flex items-center gap-3 text-muted text-xs before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
      {t('or')}
    </p>
  )
}

/** Sign-in with accounts of the organization. Renders nothing if no provider is set up. */
export function ProviderButtons({ providers, target, alone = false, again = false }: ProviderButtonsProps) {
  const t = useTranslations('auth')
  const hydrated = useHydrated()
  const [leaving, setLeaving] = useState<string | null>(null)
  const [failed, setFailed] = useState(false)
  if (providers.length === 0) return null
  function leave(id: string) {
    setLeaving(id)
    setFailed(false)
    signIn(id, { callbackUrl: target }, again ? ASK_AGAIN : {}).catch(() => {
      setLeaving(null)
      setFailed(true)
    })
  }
  return (
    <>
      {alone ? null : <Or />}
      <div className="flex flex-col gap-2">
        {providers.map(({ id, name }) => (
          <Button key={id} fullWidth isDisabled={!hydrated} isPending={leaving === id} onPress={() => leave(id)}>
            {t(again ? 'signInAgainWith' : 'signInWith', { name })}
          </Button>
        ))}
      </div>
      <p role="alert" className="text-bad empty:hidden">
        {failed ? t('problems.Network') : null}
      </p>
    </>
  )
}
