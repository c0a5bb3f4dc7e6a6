'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { TotpOffer } from '@/lib/domain/sign-in/second-factor'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { TextField } from '../ui/forms/text-field'
import { useHydrated } from './entry/use-hydrated'

export interface TotpSetupActions {
  begin: (input: Record<string, never>) => Promise<ActionResult<TotpOffer>>
  confirm: (input: { offer: string; code: string }) => Promise<ActionResult<{ codes: string[] | null }>>
}

interface TotpSetupProps extends TotpSetupActions {
  /** Whether it replaces the authenticator app in use. */
  isReplacement?: boolean
  /** Called once the app is set up, with new recovery codes if there are any. */
  onReady: (codes: readonly string[] | null) => void
}

/** Sets up an authenticator app: a secret to scan or to type, and a first code that proves it. */
export function TotpSetup({ begin, confirm, isReplacement = false, onReady }: TotpSetupProps) {
  const t = useTranslations('twoStep')
  const hydrated = useHydrated()
  const [offer, setOffer] = useState<TotpOffer | null>(null)
  const form = useAction(begin, setOffer)
  if (offer) return <ScanAndConfirm offer={offer} confirm={confirm} onReady={onReady} onCancel={() => setOffer(null)} />
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        variant={isReplacement ? 'secondary' : 'primary'}
        isPending={form.pending}
        isDisabled={!hydrated}
        onPress={() => form.submit({})}
      >
        {t(isReplacement ? 'replaceApp' : 'setUpApp')}
      </Button>
      <FormError message={form.otherError()} />
    </div>
  )
}

interface ScanAndConfirmProps {
  offer: TotpOffer
  confirm: TotpSetupActions['confirm']
  onReady: TotpSetupProps['onReady']
  onCancel: () => void
}

function ScanAndConfirm({ offer, confirm, onReady, onCancel }: ScanAndConfirmProps) {
  const t = useTranslations('twoStep')
  const tCommon = useTranslations('common')
  const [code, setCode] = useState('')
  const form = useAction(confirm, ({ codes }) => onReady(codes))
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ offer: offer.offer, code })
  }
  const { size, path } = offer.qr
  return (
    <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
      <p>{t('scan')}</p>
      {/* White in the dark theme too: apps do not read inverted codes. */}
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={t('qr')}
        shapeRendering="crispEdges"
        className="size-48 rounded-lg bg-white"
      >
        <path d={path} fill="#000" />
      </svg>
      <div className="flex flex-col gap-1">
        <p className="text-muted text-xs">{t('typeKey')}</p>
        <div className="flex items-center gap-2 rounded-lg border border-border bg-surface-secondary px-3 py-2">
          <code className="min-w-0 flex-1 font-mono text-sm" data-testid="totp-secret">
            {offer.secret.replace(/.{4}(?=.)/g, '$& ')}
          </code>
          <CopyButton text={offer.secret} label={t('copyKey')} />
        </div>
      </div>
      <TextField
        label={t('confirmCode')}
        description={t('codeHint')}
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        autoFocus
        value={code}
        onChange={setCode}
        error={form.errorOf('code')}
      />
      <FormError message={form.otherError('code')} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('confirm')}
        </Button>
        <Button onPress={onCancel}>{tCommon('cancel')}</Button>
      </div>
    </form>
  )
}
