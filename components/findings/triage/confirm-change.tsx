'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { ChangePreview } from '@/lib/domain/findings/change'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Dialog, DialogActions } from '../../ui/overlays/dialog'
import { SkeletonLine } from '../../ui/skeletons'
import type { FindingActions } from './finding-actions'
import type { AskedChange } from './use-finding-changes'

interface ConfirmChangeProps {
  asked: AskedChange | null
  previewChange: FindingActions['previewChange']
}

/** Asks before many findings are changed, with the current number from the server. */
export function ConfirmChange({ asked, previewChange }: ConfirmChangeProps) {
  const t = useTranslations()
  const failed = t('common.failedNow')
  const [result, setResult] = useState<ActionResult<ChangePreview> | null>(null)
  // The text stays while the dialog fades out.
  const [shown, setShown] = useState(asked)
  if (asked && asked !== shown) setShown(asked)
  useEffect(() => {
    if (!asked) return
    let stale = false
    setResult(null)
    previewChange(asked.preview)
      .catch(() => ({ ok: false as const, code: 'unexpected', message: failed }))
      .then(found => {
        if (!stale) setResult(found)
      })
    return () => {
      stale = true
    }
  }, [asked, previewChange, failed])
  const preview = result?.ok ? result.data : null
  const count = preview?.count ?? shown?.count ?? 0
  return (
    <Dialog
      title={shown?.question(count) ?? ''}
      open={asked !== null}
      onOpenChange={open => {
        if (!open) asked?.answer(null)
      }}
      size="sm"
      alert
    >
      <div className="text-muted" aria-live="polite">
        {result === null ? <SkeletonLine /> : null}
        {result && !result.ok ? (
          <p role="alert" className="text-bad">
            {result.message}
          </p>
        ) : null}
        {preview ? (
          <p>
            <Effect {...preview} /> {preview.changes > 0 ? t('changes.confirm.afterwards') : null}
          </p>
        ) : null}
      </div>
      <DialogActions>
        <Button onPress={() => asked?.answer(null)}>{t('common.cancel')}</Button>
        <Button
          variant="primary"
          isPending={result === null}
          isDisabled={!preview || preview.changes === 0}
          onPress={() => asked?.answer(count)}
        >
          {t('changes.confirm.do', { count: preview?.changes || count })}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function Effect({ count, changes }: ChangePreview) {
  const t = useTranslations('changes.confirm')
  if (changes === 0) return <>{t('none')}</>
  return <>{changes === count ? t('all') : t('some', { changes, same: count - changes })}</>
}
