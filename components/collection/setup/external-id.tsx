'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'

/** The external id of a connection, hidden until somebody asks for it. */
export function ExternalId({ externalId }: { externalId: string }) {
  const t = useTranslations('settings.connections.steps.externalId')
  const [shown, setShown] = useState(false)
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-lg bg-surface-secondary px-3 py-1.5">
      <code className="min-w-0 flex-1 break-all font-mono text-xs" data-testid="external-id">
        {shown ? externalId : <span className="text-muted">{t('hidden')}</span>}
      </code>
      <Button size="sm" variant="ghost" aria-expanded={shown} onPress={() => setShown(!shown)}>
        {t(shown ? 'hide' : 'show')}
      </Button>
      <CopyButton text={externalId} label={t('copy')} />
    </div>
  )
}
