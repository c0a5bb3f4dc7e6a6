'use client'

import { useTranslations } from 'next-intl'
import { Button } from './button'
import { EmptyState } from './empty-state'

/** A page that broke: says so, with the id under which the log has it. */
export function FailedPage({ id, retry }: { id: string | undefined; retry: () => void }) {
  const t = useTranslations()
  return (
    <EmptyState
      title={<h1 className="text-xl">{t('pageState.failed')}</h1>}
      action={<Button onPress={retry}>{t('common.retry')}</Button>}
    >
      <p>{id ? t('pageState.failedText') : t('pageState.failedNoId')}</p>
      {id ? <p className="mt-1 font-mono text-xs">{t('pageState.id', { id })}</p> : null}
    </EmptyState>
  )
}
