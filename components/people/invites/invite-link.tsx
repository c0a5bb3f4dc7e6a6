'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { SecretOnce } from '../../settings/secret-once'
import { Button } from '../../ui/button'
import { DialogActions } from '../../ui/overlays/dialog'

interface InviteLinkProps {
  token: string
  children: ReactNode
  onClose: () => void
}

/** A link to pass on, with the host of this page. */
export function InviteLink({ token, children, onClose }: InviteLinkProps) {
  const t = useTranslations('settings')
  return (
    <div className="mt-3">
      <SecretOnce label={t('copyLink')} text={`${window.location.origin}/invite#token=${token}`}>
        {children}
      </SecretOnce>
      <DialogActions>
        <Button variant="primary" onPress={onClose}>
          {t('handedOver')}
        </Button>
      </DialogActions>
    </div>
  )
}
