'use client'

import { Undo2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '../../ui/button'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog'
import type { Undo } from './finding-actions'
import { useUndo } from './use-undo'

/** Undoes an earlier change after a confirmation. */
export function UndoButton({ changeset, count, undo }: { changeset: string; count: number; undo: Undo }) {
  const t = useTranslations('changes')
  const tCommon = useTranslations('common')
  const [open, setOpen] = useState(false)
  const run = useUndo(undo)
  return (
    <>
      <Button size="sm" onPress={() => setOpen(true)}>
        <Undo2 aria-hidden className="size-3.5" />
        {t('undo')}
      </Button>
      <ConfirmDialog
        title={t('undoTitle', { count })}
        confirm={tCommon('undo')}
        open={open}
        onOpenChange={setOpen}
        onConfirm={async () => {
          await run(changeset)
          setOpen(false)
        }}
      >
        {t('undoText')}
      </ConfirmDialog>
    </>
  )
}
