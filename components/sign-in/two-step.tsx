'use client'

import { useRouter } from 'next/navigation'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { FEW_RECOVERY_CODES, type OwnFactors, RECOVERY_CODES } from '@/lib/domain/sign-in/second-factor'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { ConfirmDialog } from '../ui/overlays/confirm-dialog'
import { orSay, sayDone } from '../ui/overlays/toasts'
import { verifyFirst } from '../verify/verify-first'
import { RecoveryCodes } from './recovery-codes'
import { TotpSetup, type TotpSetupActions } from './totp-setup'

interface TwoStepProps {
  email: string
  factors: OwnFactors
  /** Whether the reader signs in with a password; otherwise the provider asks for its own second factor. */
  usesPassword: boolean
  actions: TotpSetupActions & {
    remove: (input: Record<string, never>) => Promise<ActionResult<unknown>>
    makeCodes: (input: Record<string, never>) => Promise<ActionResult<{ codes: string[] }>>
  }
}

/** The reader's authenticator app and recovery codes. */
export function TwoStep({ email, factors, usesPassword, actions }: TwoStepProps) {
  const t = useTranslations('twoStep')
  const router = useRouter()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const { totpSince, passkeys, required } = factors
  function show(made: readonly string[] | null) {
    setCodes(made)
    router.refresh()
  }
  function ready(made: readonly string[] | null) {
    sayDone(t('appReady'))
    show(made)
  }
  if (codes) return <RecoveryCodes codes={codes} email={email} onSaved={() => setCodes(null)} />
  if (!usesPassword && !totpSince && passkeys === 0) return <p>{t('provider')}</p>
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">
        {t('lead')} {required ? t('required') : null}
      </p>
      {totpSince ? (
        <AuthenticatorApp since={totpSince} factors={factors} actions={actions} onReady={ready} />
      ) : (
        <TotpSetup begin={actions.begin} confirm={actions.confirm} onReady={ready} />
      )}
      {totpSince || passkeys > 0 ? <CodesLeft left={factors.codesLeft} make={actions.makeCodes} onMade={show} /> : null}
    </div>
  )
}

interface AuthenticatorAppProps {
  since: Date
  factors: OwnFactors
  actions: TwoStepProps['actions']
  onReady: (codes: readonly string[] | null) => void
}

function AuthenticatorApp({ since, factors, actions, onReady }: AuthenticatorAppProps) {
  const t = useTranslations('twoStep')
  const format = useFormatter()
  const router = useRouter()
  const [asking, setAsking] = useState(false)
  async function remove() {
    const done = orSay(await verifyFirst(actions.remove)({}))
    setAsking(false)
    if (done === null) return
    sayDone(t('appRemoved'))
    router.refresh()
  }
  const mustStay = factors.required && factors.passkeys === 0
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-semibold">{t('app')}</h3>
      <p>{t('appSince', { date: format.dateTime(since, { dateStyle: 'medium' }) })}</p>
      <div className="flex flex-wrap items-start gap-2">
        <TotpSetup isReplacement begin={actions.begin} confirm={actions.confirm} onReady={onReady} />
        {mustStay ? null : <Button onPress={() => setAsking(true)}>{t('removeApp')}</Button>}
      </div>
      <ConfirmDialog
        title={t('removeTitle')}
        confirm={t('removeApp')}
        danger
        open={asking}
        onOpenChange={setAsking}
        onConfirm={remove}
      >
        {t(factors.passkeys > 0 ? 'removeText' : 'removeLastText')}
      </ConfirmDialog>
    </div>
  )
}

interface CodesLeftProps {
  left: number
  make: TwoStepProps['actions']['makeCodes']
  onMade: (codes: readonly string[]) => void
}

function CodesLeft({ left, make, onMade }: CodesLeftProps) {
  const t = useTranslations('twoStep')
  const [asking, setAsking] = useState(false)
  async function replace() {
    const made = orSay(await verifyFirst(make)({}))
    setAsking(false)
    if (made) onMade(made.codes)
  }
  return (
    <div className="flex flex-col items-start gap-2">
      <h3 className="font-semibold">{t('codes')}</h3>
      <p>{t('codesLeft', { left, all: RECOVERY_CODES })}</p>
      {left <= FEW_RECOVERY_CODES ? <p className="text-warning">{t('fewCodes')}</p> : null}
      <Button onPress={() => setAsking(true)}>{t('makeCodes')}</Button>
      <ConfirmDialog
        title={t('makeCodesTitle')}
        confirm={t('makeCodes')}
        open={asking}
        onOpenChange={setAsking}
        onConfirm={replace}
      >
        {t('makeCodesText')}
      </ConfirmDialog>
    </div>
  )
}
