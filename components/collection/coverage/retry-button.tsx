'use client'

import { useTranslations } from 'next-intl'
import type { RetryCell } from '@/lib/domain/collection/coverage'
import type { ActionResult } from '../../ui/action-result'
import { useCollectorName } from '../collector-name'
import { RunButton } from '../run-button'

interface RetryButtonProps {
  cell: RetryCell
  retry: (input: RetryCell) => Promise<ActionResult<unknown>>
}

/** Reads one cell again. */
export function RetryButton({ cell, retry }: RetryButtonProps) {
  const t = useTranslations('coverage')
  const collectorName = useCollectorName()
  const name = `${collectorName(cell.collector)} ${cell.region === 'global' ? t('allRegions') : cell.region}`
  return (
    <RunButton
      size="sm"
      variant="ghost"
      label={t('retry')}
      name={t('retryOf', { name })}
      done={t('retryDone', { name })}
      run={retry}
      input={cell}
    />
  )
}
